// Makes calls with Chromium from a page of another origin. Called with the address of a demonstration, the origin,
// and whether the service permits it.
"use strict";

const assert = require("node:assert/strict");
const http = require("node:http");
const { chromium } = require("playwright-core");

const [base, origin, permitted] = process.argv.slice(2);
const TOKEN = "123576abcdef6572134";

// In the page: the statuses of some calls, or the names of their errors.
async function call([base, token]) {
  const headers = { Authorization: `Bearer ${token}` };
  const json = { ...headers, "Content-Type": "application/json" };
  const calls = [
    ["/api/json/peopleaggregator/getMyGroups", { headers }],
    ["/api/json/peopleaggregator/joinGroup", { method: "POST", headers: json, body: '{"id": "group:1234"}' }],
    ["/api/xml/peopleaggregator/getGroup?id=group:1234", {}],
    ["/services/rest/?method=group.getInfo&api_key=demo0demo0&group_id=1234", {}],
    ["/api/v3/onezone/user/groups", { headers: { "X-Auth-Token": token } }],
    ["/api/v3/onezone/groups/999999", { headers: { Macaroon: token } }],
  ];
  const outcomes = [];
  for (const [path, options] of calls) {
    try {
      const response = await fetch(base + path, options);
      outcomes.push(response.status, response.headers.has("X-Request-Id"));
    } catch (error) {
      outcomes.push(error.name);
    }
  }
  // A page that keeps responses itself gets the status that says that one is unchanged.
  try {
    const group = base + "/api/json/peopleaggregator/getGroup?id=group:1234";
    const first = await fetch(group);
    const again = await fetch(group, { headers: { "If-None-Match": first.headers.get("ETag") } });
    outcomes.push(again.status, again.headers.has("ETag"));
  } catch (error) {
    outcomes.push(error.name);
  }
  return outcomes;
}

async function main() {
  // Not a page that is made up: a browser does not permit that to reach the machine itself.
  const pages = http.createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<p>A page");
  });
  await new Promise((ready) => pages.listen(new URL(origin).port, "127.0.0.1", ready));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
    timeout: 600_000,
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}/`);
    const outcomes = await page.evaluate(call, [base, TOKEN]);
    const expected = permitted === "yes"
      ? [200, true, 200, true, 200, true, 200, true, 200, true, 404, true, 304, true]
      : Array(7).fill("TypeError");
    assert.deepEqual(outcomes, expected);
  } finally {
    await browser.close();
    pages.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
