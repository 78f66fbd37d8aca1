// Looks at the pages with Chromium, as people do: narrow and wide, light and dark, with scripts
// and without. Called with the address of a demonstration, and a folder for pictures if wanted.
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const [base, pictures] = process.argv.slice(2);
const PAGES = [
  "/",
  "/docs",
  "/docs/peopleaggregator.joinGroup",
  "/docs/peopleaggregator.getMyGroups",
  "/docs/peopleaggregator.editGroup",
  "/docs/upcoming.group.join",
  "/docs/onezone.user-groups-join",
  "/docs/membership",
  "/docs/openapi",
  "/docs/errors",
  "/docs/errors/banned",
  "/group/1234",
  "/user/1",
  "/services/auth/?api_key=demo0demo0",
];
const WIDTHS = [320, 768, 1280];
// Milliseconds after which a browser is stuck: no wait comes near it on the busiest machine.
const STUCK = 600_000;
const JOIN = "/docs/peopleaggregator.joinGroup";

async function open(browser, options) {
  const context = await browser.newContext({ baseURL: base, ...options });
  context.setDefaultTimeout(STUCK);
  const page = await context.newPage();
  // What it complains of, such as a breach of its policy, and what it asks of others.
  page.complaints = [];
  const complain = (words) => page.complaints.push(`${page.url()}: ${words}`);
  page.on("console", (message) => message.type() === "error" && complain(message.text()));
  page.on("pageerror", (error) => complain(error.message));
  page.on("request", (request) => request.url().startsWith(base) || complain(request.url()));
  return page;
}

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

async function look(browser) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of WIDTHS) {
      const page = await open(browser, { colorScheme, viewport: { width, height: 800 } });
      for (const address of PAGES) {
        await page.goto(address);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${address} is ${over} wider than ${width}`);
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => axe.run());
        const told = violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
        assert.deepEqual(told, [], `${address} ${colorScheme} ${width}`);
        if (pictures) {
          const name = `${address.replaceAll(/[/?]/g, "_")}-${width}-${colorScheme}.png`;
          await page.screenshot({ path: path.join(pictures, name), fullPage: true });
        }
      }
      await close(page);
    }
  }
}

// Goes on with the tabulator until this has the focus.
async function tabTo(page, selector) {
  for (let step = 0; step < 200; step += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  assert.fail(`the tabulator does not reach ${selector}`);
}

// By the keyboard alone.
async function tryIt(browser) {
  const page = await open(browser, {});
  const answers = [["json", '"joinState": "joined"'], ["xml", "already_member"], ["xmlrpc", "already_member"]];
  for (const [protocol, expected] of answers) {
    await page.goto(JOIN);
    await tabTo(page, "#try-protocol");
    await page.keyboard.press("Home");
    while ((await page.inputValue("#try-protocol")) !== protocol) await page.keyboard.press("ArrowDown");
    await tabTo(page, "form.try button:not(.copy)");
    const [sent] = await Promise.all([
      page.waitForRequest((request) => request.method() === "POST"),
      page.keyboard.press("Enter"),
    ]);
    await page.waitForFunction((text) => document.querySelector("code.response").textContent.includes(text), expected);
    const shown = await page.textContent("code.request");
    const target = sent.url().slice(base.length);
    const type = sent.headers()["content-type"];
    assert.equal(shown, `POST ${target} HTTP/1.1\nContent-Type: ${type}\n\n${sent.postData()}`);
    assert.match(await page.textContent("code.response"), /^HTTP\/1.1 200 /);
  }
  // The dialects, each with what it has of its own.
  for (const [name, expected] of [
    ["upcoming.group.leave", '<rsp stat="ok"'],
    ["upcoming.user.getInfo", 'username="marc"'],
    ["onezone.user-groups-create", "HTTP/1.1 201 "],
    ["onezone.user-groups", '"groups":'],
    ["onezone.user-groups-leave", "HTTP/1.1 204 "],
  ]) {
    await page.goto(`/docs/${name}`);
    await tabTo(page, "form.try button:not(.copy)");
    const written = page.waitForRequest((request) => request.resourceType() === "fetch");
    await page.keyboard.press("Enter");
    const sent = await written;
    await page.waitForFunction((text) => document.querySelector("code.response").textContent.includes(text), expected);
    const example = await page.locator("figure code").first().textContent();
    const shown = await page.textContent("code.request");
    assert.equal(shown, example.replace(/Content-Length: .*\n/, ""));
    assert.equal(shown.split(" ")[1], sent.url().slice(base.length));
  }
  // A field with characters that matter to a format arrives as it was typed.
  await page.goto("/docs/peopleaggregator.echoPost");
  for (const protocol of ["json", "xml", "xmlrpc"]) {
    await page.selectOption("#try-protocol", protocol);
    await page.fill("#try-echoText", "a<b>&c=d 江");
    await page.click("form.try button:not(.copy)");
    const echo = protocol === "json" ? "a<b>&c=d 江" : "a&lt;b&gt;&amp;c=d 江";
    await page.waitForFunction((text) => document.querySelector("code.response").textContent.includes(text), echo);
  }
  await close(page);
}

// A person lets an application act for them, by the keyboard alone.
async function signIn(browser) {
  for (const javaScriptEnabled of [true, false]) {
    const page = await open(browser, { javaScriptEnabled });
    await page.goto("/services/auth/?api_key=demo0demo0");
    await page.locator("input:focus").waitFor();
    await page.keyboard.type("marc");
    await page.keyboard.press("Tab");
    await page.keyboard.type("marcspassword");
    await page.keyboard.press("Enter");
    await page.locator("output").waitFor();
    assert.match(await page.textContent("output"), /^[0-9a-f]{40}$/);
    await close(page);
  }
}

async function copy(browser) {
  const page = await open(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(JOIN);
  const figure = page.locator("figure").first();
  await figure.locator("button.copy").click();
  await figure.getByText("Copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await figure.locator("code").textContent());
  await page.keyboard.press("Tab");
  await figure.getByText("Copy", { exact: true }).waitFor();
  await close(page);
}

async function withoutScript(browser) {
  const page = await open(browser, { javaScriptEnabled: false });
  await page.goto("/docs/peopleaggregator.echoPost");
  assert.equal(await page.locator("button.copy").count(), 0);
  assert.equal(await page.locator("#try-protocol").isVisible(), false);
  await page.click("form.try button");
  assert.equal(new URL(page.url()).pathname, "/api/json/peopleaggregator/echoPost");
  assert.match(await page.content(), /"echoText": "Hello"/);
  // Of complaints there may be one: the answer is no page, and has no icon.
  await page.context().close();
}

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
    timeout: STUCK,
  });
  try {
    await look(browser);
    await tryIt(browser);
    await signIn(browser);
    await copy(browser);
    await withoutScript(browser);
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
