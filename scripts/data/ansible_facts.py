"""Facts about Ansible's modules, keywords and plugins, as JSON on stdout.

Names, types, choices, defaults, versions: facts only, no descriptions. Read from the Ansible of
the machine it runs on: `ansible-doc` for documentation data, the collections' meta/runtime.yml for
names that moved, and the modules' own calls of AnsibleModule for what excludes or needs what.
"""

import ast
import importlib
import json
import pathlib
import subprocess
import sys

import yaml

# Modules of these are written with their options; of the others only the names.
COLLECTIONS = [
    "ansible.builtin",
    "ansible.posix",
    "community.general",
    "community.crypto",
    "community.docker",
    "community.grafana",
    "community.mongodb",
    "community.mysql",
    "community.postgresql",
    "community.rabbitmq",
    "containers.podman",
    "kubernetes.core",
]

# What AnsibleModule is told of options together.
RELATIONS = [
    "mutually_exclusive",
    "required_together",
    "required_one_of",
    "required_if",
    "required_by",
]


def ansible_doc(*arguments):
    done = subprocess.run(
        ["ansible-doc", *arguments], check=False, capture_output=True, text=True
    )
    if not done.stdout:
        sys.exit(f"ansible-doc {' '.join(arguments)}: {done.stderr}")
    return json.loads(done.stdout)


def option_facts(option):
    facts = {}
    kind = option.get("type", "str")
    if kind != "str":
        facts["type"] = kind
    if option.get("elements"):
        facts["elements"] = option["elements"]
    if option.get("required"):
        facts["required"] = True
    choices = option.get("choices")
    if choices:
        facts["choices"] = list(choices)
    if option.get("aliases"):
        facts["aliases"] = option["aliases"]
    default = option.get("default")
    if default is not None:
        facts["default"] = default
    added = option.get("version_added")
    if added and added != "historical":
        facts["added"] = str(added)
    if option.get("deprecated"):
        removed = option["deprecated"]
        facts["deprecated"] = str(
            removed.get("removed_in") or removed.get("version") or removed.get("removed_at_date") or True
        )
    if option.get("suboptions"):
        facts["options"] = options_facts(option["suboptions"])
    return facts


def options_facts(options):
    return {name: option_facts(option) for name, option in sorted((options or {}).items())}


def relations_of(path):
    """The literal arguments of the module's AnsibleModule(...) call that tie options together."""
    try:
        tree = ast.parse(pathlib.Path(path).read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return {}
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                names[target.id] = node.value
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name != "AnsibleModule":
            continue
        for keyword in node.keywords:
            if keyword.arg not in RELATIONS:
                continue
            value = keyword.value
            if isinstance(value, ast.Name):
                value = names.get(value.id, value)
            try:
                found[keyword.arg] = ast.literal_eval(value)
            except ValueError:
                continue
    return found


def takes_free_form(doc):
    return "free_form" in (doc.get("options") or {}) or bool(
        ((doc.get("attributes") or {}).get("raw") or {}).get("support") == "full"
    )


def module_facts(doc):
    options = {
        name: option
        for name, option in (doc.get("options") or {}).items()
        if name != "free_form"
    }
    facts = {"options": options_facts(options)}
    if takes_free_form(doc):
        facts["free"] = True
    added = doc.get("version_added")
    if added and added != "historical":
        facts["added"] = str(added)
    deprecated = doc.get("deprecated")
    if deprecated:
        facts["deprecated"] = {
            "in": str(
                deprecated.get("removed_in")
                or deprecated.get("removed_at_date")
                or deprecated.get("removed_from_collection")
                or ""
            ),
            "instead": deprecated.get("alternative") or deprecated.get("alternatives") or "",
        }
    facts.update(relations_of(doc.get("filename", "")))
    return facts


def plugin_names(kind):
    return sorted(ansible_doc("-t", kind, "-l", "--json"))


def routing():
    """Names that moved (`redirect`), went away (`removed`) or will (`deprecated`), by kind."""
    import ansible

    found = {"modules": {}, "filter": {}, "test": {}, "lookup": {}}
    base = pathlib.Path(ansible.__file__).parent / "config" / "ansible_builtin_runtime.yml"
    collections = pathlib.Path(importlib.import_module("ansible_collections").__path__[0])
    sources = {"ansible.builtin": base}
    for runtime in collections.glob("*/*/meta/runtime.yml"):
        sources[f"{runtime.parts[-4]}.{runtime.parts[-3]}"] = runtime
    for collection, path in sorted(sources.items()):
        runtime = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        kinds = runtime.get("plugin_routing") or {}
        for kind, target in found.items():
            for name, route in (kinds.get(kind) or {}).items():
                entry = {}
                if "redirect" in route:
                    entry["redirect"] = route["redirect"]
                if "tombstone" in route:
                    tombstone = route["tombstone"]
                    entry["removed"] = str(
                        tombstone.get("removal_version") or tombstone.get("removal_date") or True
                    )
                    entry["why"] = tombstone.get("warning_text", "")
                if entry:
                    target[f"{collection}.{name}"] = entry
    return found


def keywords():
    names = ansible_doc("-t", "keyword", "-l", "--json")
    docs = ansible_doc("-t", "keyword", "--json", *names)
    return {
        name: {
            "applies_to": doc.get("applies_to", []),
            "type": doc.get("type", ""),
            "template": doc.get("template", ""),
        }
        for name, doc in sorted(docs.items())
    }


def versions():
    import ansible.release

    found = {"ansible-core": ansible.release.__version__}
    collections = pathlib.Path(importlib.import_module("ansible_collections").__path__[0])
    for collection in COLLECTIONS[1:]:
        manifest = collections.joinpath(*collection.split("."), "MANIFEST.json")
        if manifest.exists():
            found[collection] = json.loads(manifest.read_text())["collection_info"]["version"]
    return found


def main():
    modules = {}
    for collection in COLLECTIONS:
        dump = ansible_doc("--metadata-dump", "--no-fail-on-errors", "-t", "module", collection)
        for name, entry in dump["all"].get("module", {}).items():
            if "doc" in entry and name.startswith(f"{collection}."):
                modules[name] = module_facts(entry["doc"])
    all_names = plugin_names("module")
    json.dump(
        {
            "versions": versions(),
            "modules": dict(sorted(modules.items())),
            "other_modules": [name for name in all_names if name not in modules],
            "routing": routing(),
            "keywords": keywords(),
            "filters": plugin_names("filter"),
            "tests": plugin_names("test"),
            "lookups": plugin_names("lookup"),
        },
        sys.stdout,
        default=str,
    )


main()
