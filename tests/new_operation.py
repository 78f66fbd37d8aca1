#!/usr/bin/env python3
"""Adds a generated operation to a copy of the project: one file, two lines and `make record`.

It holds the promise of docs/CONTRIBUTING.md: every protocol serves the operation, and every description and
declared test covers it, without another change. The seed is printed; TRIVIUM_TEST_SEED=… repeats a run.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CATALOG = "crates/core/src/catalog.rs"
SUBJECT = "crates/core/src/groups"

# Forms of an argument: Rust type, attributes, example, value in the tests.
FORMS = [
    ("Line", "", "a line", 'Of::Text("a line")'),
    ("Option<Prose>", "", "several\nlines", None),
    ("PageNumber", '#[serde(default)]', "2", None),
    ("Option<bool>", "", "true", None),
    ("Option<DateTime>", "", "2099-12-31T23:59:59Z", None),
    ("RegistrationType", "", "open", 'Of::Text("open")'),
]


def operation(seed):
    """The source of an operation with some of these arguments, which it returns."""
    chance = random.Random(seed)
    name = "generated" + "".join(chance.choice("ABCDEFGH") for _ in range(6))
    kind = name[0].upper() + name[1:]
    chosen = chance.sample(FORMS, chance.randint(1, len(FORMS)))
    fields, values, results, examples, given = [], [], [], [], []
    for number, (form, attributes, example, value) in enumerate(chosen):
        member = f"value{number}"
        is_optional = form.startswith("Option")
        fields.append(f"    /// Value {number}\n    {attributes}\n    pub {member}: {form},")
        skip = '#[serde(skip_serializing_if = "Option::is_none")]' if is_optional else ""
        results.append(f"    /// Value {number}\n    {skip}\n    pub {member}: {form},")
        copied = ".clone()" if form in ("Line", "Option<Prose>") else ""
        values.append(f"{member}: self.{member}{copied},")
        examples.append(f'("{member}", {rust_text(example)}),')
        if value:
            given.append(f'("{member}", {value}),')
    types = sorted({form.removeprefix("Option<").rstrip(">") for form, *_ in chosen})
    of_types = [one for one in types if one not in ("bool", "RegistrationType")]
    imports = "use crate::types::{GroupRef, %s};" % ", ".join(of_types) if of_types else "use crate::types::GroupRef;"
    if "RegistrationType" in types:
        imports += "\nuse crate::groups::rules::RegistrationType;"
    verb = chance.choice(["read", "change"])
    return name, kind, f"""//! `{name}`: returns its arguments.

use schemars::JsonSchema;
use serde::{{Deserialize, Serialize}};

use crate::cases::{{Access, Cause, Example, Of, Who}};
{imports}
use crate::{{Actor, Declaration, Operation, PublicOperation, Result, Session, codes}};

/// Returns its arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct {kind} {{
    /// ID of the group
    pub id: GroupRef,
{chr(10).join(fields)}
}}

/// The result of {name}.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct {kind}Result {{
{chr(10).join(results)}
}}

impl Operation for {kind} {{
    const DECLARATION: &'static Declaration =
        &Declaration::{verb}("{name}", &[codes::CONTENT_NOT_FOUND, codes::USER_ACCESS_DENIED]);
    type Caller = Actor;
    type Output = {kind}Result;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<{kind}Result> {{
        session.moderated_group(actor, self.id)?;
        Ok({kind}Result {{ {" ".join(values)} }})
    }}
}}

impl PublicOperation for {kind} {{
    const EXAMPLE: Example =
        Example::by(Who::Owner, &[("id", "group:1237"), {" ".join(examples)}]);
    const ACCESS: Access = Access::moderators(&[("id", Of::Group), {" ".join(given)}]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Owner,
        &[("id", Of::DeletedGroup)],
    )];
}}
"""


def rust_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def insert(path, before, line):
    text = path.read_text()
    assert before in text, f"{path} has no line {before!r}"
    path.write_text(text.replace(before, f"{line}\n{before}", 1))


def run(copy, *command):
    print("+", " ".join(command), flush=True)
    # Copies of one project share their target folder, so that libraries are built once.
    environment = {**os.environ, "CARGO_TARGET_DIR": str(PROJECT / "target/new_operation")}
    subprocess.run(command, cwd=copy, env=environment, check=True)


def main():
    seed = os.environ.get("TRIVIUM_TEST_SEED") or str(random.randrange(2**32))
    print("TRIVIUM_TEST_SEED=" + seed)
    name, kind, source = operation(seed)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        subprocess.run(["git", "worktree", "prune"], cwd=PROJECT, check=True)
        subprocess.run(["git", "clone", "--quiet", PROJECT, copy], check=True)
        for tools in ["node_modules", "venv"]:
            (copy / "tests/clients" / tools).symlink_to(PROJECT / "tests/clients" / tools)
        # One file and two lines.
        module = re.sub("([A-Z])", r"_\1", name).lower()
        (copy / SUBJECT / f"{module}.rs").write_text(source)
        insert(copy / SUBJECT / "mod.rs", "pub mod get;", f"pub mod {module};")
        insert(
            copy / CATALOG,
            "                row::<groups::get::GetGroup>(),",
            f"                row::<groups::{module}::{kind}>(),",
        )
        run(copy, "cargo", "fmt", "--all")
        run(copy, "make", "record")
        run(copy, "cargo", "clippy", "--locked", "--package", "trivium-core", "--", "--deny", "warnings")
        run(copy, "cargo", "test", "--locked", "--package", "trivium-core", "--package", "trivium-site")
        tests = ["authorisation", "crates", "descriptions", "documents", "conform", "system"]
        run(copy, "cargo", "test", "--locked", "--package", "trivium-server", "--test", "end_to_end", "--", *tests)
        for path, part in [
            ("docs/OPERATIONS.md", f"### {name}\n"),
            ("crates/site/answers/documented.txt", f"== {name} xmlrpc\n"),
        ]:
            assert part in (copy / path).read_text(), f"{path} has no {part!r}"
    print(f"{name}: one file, two lines")


if __name__ == "__main__":
    sys.exit(main())
