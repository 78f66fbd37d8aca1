// Uses the types that openapi-typescript generated, with openapi-fetch: `typed.mjs URL`.
import createClient from "openapi-fetch";
import type { paths } from "./trivium.js";

function check(condition: boolean, found: unknown): asserts condition {
  if (!condition) throw new Error(JSON.stringify(found));
}

const [baseUrl = ""] = process.argv.slice(2);
const headers = { Accept: "application/json" };
const anonymous = createClient<paths>({ baseUrl, headers });
const entered = await anonymous.POST("/api/json/peopleaggregator/login", {
  body: { login: "marc", password: "marcspassword" },
});
check(entered.data?.success === true, entered);

const token = `Bearer ${entered.data.authToken}`;
const client = createClient<paths>({ baseUrl, headers: { ...headers, Authorization: token } });
const group = { id: "group:1234" };
const joined = await client.POST("/api/json/peopleaggregator/joinGroup", { body: group });
check(joined.data?.success === true, joined);
check(joined.data.joinState === "joined", joined);
const again = await client.POST("/api/json/peopleaggregator/joinGroup", { body: group });
check(again.data?.success === false, again);
check(again.data.code === "already_member", again);

const names: string[] = [];
for (let page = 1, pages = 1; page <= pages; page++) {
  const groups = await client.GET("/api/json/peopleaggregator/getMyGroups", {
    params: { query: { page, resultsPerPage: 10 } },
  });
  check(groups.data?.success === true, groups);
  names.push(...groups.data.groups.map((group) => group.name));
  pages = groups.data.totalPages;
  check(pages === 2 && groups.data.totalResults === 19, groups);
}
check(names.length === 19 && names.includes("Three Ways"), names);
