// Calls the service with the npm package `xmlrpc`, and prints what it found as JSON.

const xmlrpc = require("xmlrpc");

const client = xmlrpc.createClient(process.argv[2] + "/api/xmlrpc");
const ask = (name, params) =>
  new Promise((resolve, reject) => {
    client.methodCall(name, params, (error, value) => (error ? reject(error) : resolve(value)));
  });
const call = (name, values) => ask("peopleaggregator." + name, [values]);

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

  const name = ["peopleaggregator.joinGroup"];
  found.methods = (await ask("system.listMethods", [])).length;
  found.signature = await ask("system.methodSignature", name);
  found.help = (await ask("system.methodHelp", name)).split("\n")[0];
  found.faults = (await ask("system.getCapabilities", [])).faults_interop.specVersion;

  const one = (name, values) => ({ methodName: "peopleaggregator." + name, params: [values] });
  const calls = [one("checkToken", { authToken }), one("joinGroup", group), one("nope", {})];
  const [[token], [joined], nope] = await ask("system.multicall", [calls]);
  found.several = [token.login, joined.code, nope.faultCode];
  console.log(JSON.stringify(found));
}

main();
