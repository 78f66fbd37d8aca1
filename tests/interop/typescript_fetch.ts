// Uses a client that openapi-generator generated for TypeScript: `main.js URL`.
import { Configuration, GroupsApi, MembershipApi, ResponseError, TheCallersPasswordAndTokensApi } from "./index.js";

function check(condition: boolean, found: unknown): asserts condition {
  if (!condition) throw new Error(JSON.stringify(found));
}

const [basePath = ""] = process.argv.slice(2);
const anonymous = new Configuration({ basePath });
const credentials = { login: "marc", password: "marcspassword" };
const entered = await new TheCallersPasswordAndTokensApi(anonymous).login({ loginArguments: credentials });
check("authToken" in entered, entered);

const configuration = new Configuration({ basePath, accessToken: entered.authToken });
const membership = new MembershipApi(configuration);
const group = { joinGroupArguments: { id: "group:1234" } };
const joined = await membership.joinGroup(group);
check("joinState" in joined && joined.joinState === "joined", joined);
// A failure has a status of its own, and is an exception, or it has status 200.
const again = await membership.joinGroup(group).catch((error: unknown) => {
  check(error instanceof ResponseError, error);
  return error.response.json();
});
check(again.code === "already_member", again);

const names: string[] = [];
for (let page = 1, pages = 1; page <= pages; page++) {
  const groups = await new GroupsApi(configuration).getMyGroups({ page, resultsPerPage: 10 });
  check("groups" in groups, groups);
  names.push(...groups.groups.map((group) => group.name));
  pages = groups.totalPages;
  check(pages === 2 && groups.totalResults === 19, groups);
}
check(names.length === 19 && names.includes("Three Ways"), names);
console.log("openapi-generator, typescript-fetch: done");
