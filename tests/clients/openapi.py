"""Holds answers against an OpenAPI document. Standard input is JSON: the document, and answers,
each with verb, path, status and body. Says what does not fit."""

import json
import sys

from jsonschema import Draft202012Validator

given = json.load(sys.stdin)
document = given["document"]


def resolve(value):
    """The value itself, or what it refers to in the document."""
    if "$ref" not in value:
        return value
    found = document
    for name in value["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


wrong = []
for answer in given["answers"]:
    operation = document["paths"][answer["path"]][answer["verb"]]
    response = operation["responses"].get(str(answer["status"]))
    if response is None:
        wrong.append([answer, "no such status"])
        continue
    schema = resolve(response)["content"]["application/json"]["schema"]
    whole = {**schema, "components": document["components"]}
    errors = Draft202012Validator(whole).iter_errors(answer["body"])
    wrong += [[answer, error.message] for error in errors]
for answer in wrong:
    print(json.dumps(answer))
sys.exit(bool(wrong))
