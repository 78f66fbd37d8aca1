// Adds copy buttons, and forms that show requests and responses as they are sent. All content can be read
// without scripts.
"use strict";

for (const figure of document.querySelectorAll("figure")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      // Browsers do not permit pages without TLS to use the clipboard.
      getSelection().selectAllChildren(figure.querySelector("code"));
      button.textContent = "Selected";
    }
  });
  // The label stays until the button loses focus.
  button.addEventListener("blur", () => (button.textContent = "Copy"));
  figure.querySelector("figcaption").append(button);
}

// Returns the fields that have a value; a required text may be empty.
function filledFields(form) {
  const fields = [...form.querySelectorAll("[name]")];
  return fields.filter((field) => field.value !== "" || "required" in field.dataset);
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function methodCall(form) {
  const members = filledFields(form).map((field) => {
    const type = field.dataset.type;
    let value = escape(field.value);
    if (type === "boolean") value = field.value === "true" ? "1" : "0";
    if (type === "dateTime.iso8601") value = value.replaceAll(/[-Z]/g, "");
    return `     <member>
      <name>${field.name}</name>
      <value><${type}>${value}</${type}></value>
     </member>
`;
  });
  const struct = members.length ? `<struct>\n${members.join("")}    </struct>` : "<struct></struct>";
  return `<?xml version='1.0'?>
 <methodCall>
  <methodName>${form.dataset.name}</methodName>
  <params>
   <param>
    <value>${struct}</value>
   </param>
  </params>
 </methodCall>
`;
}

// Returns the request of a dialect's form, which has a field for each part of the request.
function requestOfDialect(form) {
  const headers = [...form.querySelectorAll("[data-header]")].map((field) => [field.dataset.header, field.value]);
  const body = form.querySelector("textarea");
  if (body) headers.push(["Content-Type", body.dataset.type]);
  const path = form.querySelector("#try-target").value;
  return { method: form.dataset.verb, path, headers, body: body?.value };
}

// Returns the request of a form in the chosen protocol: method, path, headers and body.
function requestOf(form) {
  if (form.dataset.verb) return requestOfDialect(form);
  const { value: protocol, dataset } = form.querySelector("#try-protocol").selectedOptions[0];
  if (protocol === "xmlrpc") {
    return { method: "POST", path: dataset.path, headers: [["Content-Type", "text/xml"]], body: methodCall(form) };
  }
  const pairs = new URLSearchParams(filledFields(form).map((field) => [field.name, field.value]));
  if (form.method === "get") {
    const query = pairs.toString();
    return { method: "GET", path: query ? `${dataset.path}?${query}` : dataset.path, headers: [] };
  }
  const headers = [["Content-Type", "application/x-www-form-urlencoded"]];
  return { method: "POST", path: dataset.path, headers, body: pairs.toString() };
}

async function send(form) {
  const { method, path, headers, body } = requestOf(form);
  const lines = headers.map(([name, value]) => `${name}: ${value}\n`);
  const [request, response] = ["request", "response"].map((name) => form.querySelector(`code.${name}`));
  request.textContent = `${method} ${path} HTTP/1.1\n${lines.join("")}\n${body ?? ""}`;
  response.textContent = "…";
  for (const part of form.querySelectorAll("div.scripted")) part.hidden = false;
  try {
    const reply = await fetch(path, { method, headers, body, cache: "no-store" });
    const names = ["content-type", "location", "link", "retry-after"].filter((name) => reply.headers.has(name));
    const replyLines = names.map((name) => `${name}: ${reply.headers.get(name)}\n`);
    const text = await reply.text();
    response.textContent = `HTTP/1.1 ${reply.status} ${reply.statusText}\n${replyLines.join("")}\n${text}`;
  } catch (error) {
    response.textContent = `No response: ${error.message}`;
  }
}

for (const part of document.querySelectorAll("section.scripted, a.scripted")) part.hidden = false;
for (const form of document.querySelectorAll("form.try")) {
  for (const part of form.querySelectorAll("p.scripted")) part.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
