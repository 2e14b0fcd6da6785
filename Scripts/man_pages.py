"""Manual pages from what the argument parser prints with --experimental-dump-help: one page a command."""
import re


def escaped(text):
    """Text for roff: no line begins with a control character, and hyphens stay hyphens."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in text.splitlines())


def option_names(argument):
    return ", ".join(
        f"\\fB{escaped(('--' if name['kind'] == 'long' else '-') + name['name'])}\\fR" for name in
        sorted(argument.get("names", []), key=lambda name: name["kind"] == "long"))


def shown(command):
    return [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay", True)]


def page(path, command, version, date):
    """The page of the command with the names `path`, such as ("gigastt", "serve")."""
    name, title = "-".join(path), " ".join(path)
    abstract = command.get("abstract", "").rstrip(".")
    lines = [f'.TH {name.upper()} 1 "{date}" "gigastt {version}" "gigastt"', ".SH NAME",
             f"{escaped(name)} \\- {escaped(abstract[:1].lower() + abstract[1:])}", ".SH SYNOPSIS", f".B {escaped(title)}"]
    arguments, commands = shown(command), [c for c in command.get("subcommands", []) if c["commandName"] != "help"]
    lines += ["[\\fIoptions\\fR]"] if any(a["kind"] != "positional" for a in arguments) else []
    for argument in (a for a in arguments if a["kind"] == "positional"):
        value = f"\\fI{escaped(argument['valueName'])}\\fR" + (" ..." if argument["isRepeating"] else "")
        lines.append(f"[{value}]" if argument["isOptional"] else value)
    lines += ["\\fIcommand\\fR"] if commands else []
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", escaped(command["discussion"])]
    if commands:
        lines.append(".SH COMMANDS")
        for inner in commands:
            lines += [".TP", f".BR {escaped('-'.join((*path, inner['commandName'])))} (1)", escaped(inner.get("abstract", ""))]
    section = None
    for argument in sorted(arguments, key=lambda a: a.get("sectionTitle", "")):
        if argument.get("sectionTitle", "Options") != section:
            section = argument.get("sectionTitle", "Options")
            lines.append(f".SH {escaped(section.upper())}")
        head = option_names(argument)
        if argument["kind"] != "flag":
            head = f"{head} \\fI{escaped(argument['valueName'])}\\fR".strip()
        lines += [".TP", head, escaped(argument.get("abstract", "")) or "\\&"]
    if len(path) > 1:
        lines += [".SH SEE ALSO", f".BR {escaped('-'.join(path[:-1]))} (1)"]
    return re.sub(r"\n{2,}", "\n.PP\n", "\n".join(lines)) + "\n"


def pages(dump, version, date):
    """File name → text of the page of every command."""
    found = {}

    def add(path, command):
        if command["commandName"] == "help" or not command.get("shouldDisplay", True):
            return
        path = (*path, command["commandName"])
        found[f"{'-'.join(path)}.1"] = page(path, command, version, date)
        for inner in command.get("subcommands", []):
            add(path, inner)

    add((), dump["command"])
    return found
