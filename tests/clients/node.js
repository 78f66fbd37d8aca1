// Calls the service with the npm package `xmlrpc`, and prints what it found as JSON.

const xmlrpc = require("xmlrpc");

const client = xmlrpc.createClient(process.argv[2] + "/api/xmlrpc");
const call = (name, values) =>
  new Promise((resolve, reject) => {
    client.methodCall("peopleaggregator." + name, [values], (error, value) =>
      error ? reject(error) : resolve(value)
    );
  });

async function main() {
  const found = {};
  const session = await call("login", { login: "marc", password: "marcspassword" });
  found.tokenLifetime = session.tokenLifetime;
  const authToken = session.authToken;

  const group = { authToken, id: "group:1234" };
  found.joinState = (await call("joinGroup", group)).joinState;
  const again = await call("joinGroup", group);
  found.again = [again.success, again.code];

  const mine = await call("getMyGroups", { authToken, page: 1 });
  found.total = mine.totalResults;
  found.groups = mine.groups.map(({ id, name, description, memberCount }) => ({
    id,
    name,
    description,
    memberCount,
  }));
  try {
    await call("nope", {});
  } catch (error) {
    found.fault = [error.faultCode, error.faultString];
  }
  console.log(JSON.stringify(found));
}

main();
