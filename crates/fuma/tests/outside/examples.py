"""Every example of the OpenAPI document is valid by its own schema; the document comes on standard input."""

import json
import sys

import jsonschema_rs

document = json.load(sys.stdin)
checked = 0


def valid(schema, example, at):
    global checked
    schema = {"components": document["components"], "allOf": [schema]}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for error in validator.iter_errors(example):
        sys.exit(f"{at}: {error.message}: {json.dumps(example, ensure_ascii=False)}")
    checked += 1


def walk(value, at):
    if isinstance(value, dict):
        if "example" in value and "schema" in value:
            valid(value["schema"], value["example"], at)
        if isinstance(value.get("examples"), list):
            for example in value["examples"]:
                valid({key: it for key, it in value.items() if key != "examples"}, example, at)
        for key, it in value.items():
            walk(it, f"{at}/{key}")
    elif isinstance(value, list):
        for n, it in enumerate(value):
            walk(it, f"{at}/{n}")


walk(document, "")
print(checked)
