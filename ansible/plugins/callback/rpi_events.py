# The MIT License (MIT); part of Raspberry Pi Orchestration.
"""Reports a playbook run as JSON lines on an inherited file descriptor.

A notification callback: what Ansible prints stays as it is. ../../README.md describes every
event. Runs on ansible-core 2.14 and newer, hence on Python 3.9 and newer.
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: rpi_events
type: notification
short_description: Reports a run as JSON lines on an inherited file descriptor
description:
  - Writes one JSON object a line to the descriptor that RPI_EVENTS_FD names, without touching
    what Ansible prints.
  - Never reports the content of a result that is hidden by C(no_log), and never fails a play;
    once its reader is gone it is silent.
requirements:
  - enable it in ANSIBLE_CALLBACKS_ENABLED and name its folder in ANSIBLE_CALLBACK_PLUGINS
"""

import difflib
import json
import os
import re
import select
import stat
import time

from ansible.plugins.callback import CallbackBase

# Version of the event format, in each playbook_start event.
FORMAT = 1
# Bytes of UTF-8 that a text of an event may have; names and labels are shorter.
TEXT_LIMIT = 4096
NAME_LIMIT = 512
HIDDEN = "(hidden by no_log)"


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "rpi_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._events_fd = inherited_descriptor()
        self.disabled = self._events_fd is None
        # (host, task uuid) -> when it started there, on the monotonic clock
        self._started = {}

    # --- What Ansible calls. Each takes its arguments as Ansible passes them by name. ---

    def v2_playbook_on_start(self, playbook):
        self._emit(
            "playbook_start",
            lambda: {
                "format": FORMAT,
                "playbook": clip(os.path.abspath(playbook._file_name), TEXT_LIMIT),
            },
        )

    def v2_playbook_on_play_start(self, play):
        self._started.clear()
        self._emit("play_start", lambda: play_fields(play))

    def v2_playbook_on_no_hosts_matched(self):
        self._emit("play_no_hosts", lambda: {"reason": "matched"})

    def v2_playbook_on_no_hosts_remaining(self):
        self._emit("play_no_hosts", lambda: {"reason": "remaining"})

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._emit("task_start", lambda: task_fields(task))

    def v2_playbook_on_handler_task_start(self, task):
        self._emit("task_start", lambda: {**task_fields(task), "handler": True})

    def v2_runner_on_start(self, host, task):
        def fields():
            self._started[(host.get_name(), task._uuid)] = time.monotonic()
            return {"host": clip(host.get_name(), NAME_LIMIT), **task_reference(task)}

        self._emit("host_start", fields)

    def v2_runner_retry(self, result):
        def fields():
            view = ResultView(result)
            retries = view.data.get("retries")
            return {
                "host": view.host,
                **task_reference(view.task),
                "attempt": view.data.get("attempts"),
                # Ansible counts the first try too.
                "retries": retries - 1 if isinstance(retries, int) else None,
            }

        self._emit("retry", fields)

    def v2_runner_on_ok(self, result):
        self._result(result, None)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, "failed", ignored=ignore_errors is True)

    def v2_runner_on_unreachable(self, result):
        self._result(result, "unreachable")

    def v2_runner_on_skipped(self, result):
        self._result(result, "skipped")

    def v2_runner_item_on_ok(self, result):
        self._result(result, None, item=True)

    def v2_runner_item_on_failed(self, result):
        self._result(result, "failed", item=True)

    def v2_runner_item_on_skipped(self, result):
        self._result(result, "skipped", item=True)

    def v2_playbook_on_stats(self, stats):
        self._emit("stats", lambda: {"hosts": stats_by_host(stats)})

    # --- How it is reported. ---

    def _result(self, result, status, ignored=False, item=False):
        def fields():
            view = ResultView(result)
            event = {
                "host": view.host,
                **task_fields(view.task),
                "status": status or ("changed" if view.data.get("changed") else "ok"),
                "ignored": ignored or view.ignored(status),
            }
            if status == "failed" and not event["ignored"] and is_rescued(view.task):
                event["rescued"] = True
            if item:
                event["item"] = HIDDEN if view.hidden else item_label(view.data)
            message = HIDDEN if view.hidden else message_of(view.data, status)
            if message:
                event["msg"] = clip(message, TEXT_LIMIT)
            if view.hidden:
                event["no_log"] = True
            elif view.diff_wanted():
                diff = diff_text(view.data.get("diff"))
                if diff:
                    event["diff"] = clip(diff, TEXT_LIMIT)
            event["duration"] = self._duration(view, last=not item)
            return event

        self._emit("result", fields)

    def _duration(self, view, last):
        """Seconds since the task started on this host; of a loop's item: since its loop did."""
        key = (view.host, view.task._uuid)
        started = self._started.pop(key, None) if last else self._started.get(key)
        return None if started is None else round(time.monotonic() - started, 3)

    def _emit(self, event, fields):
        """Writes one event. Whatever goes wrong is our own business, never the play's."""
        if self._events_fd is None:
            return
        try:
            body = {"event": event, "at": round(time.time(), 3), **fields()}
        except Exception as error:
            body = {
                "event": "callback_error",
                "at": round(time.time(), 3),
                # The message could quote what a result holds; its type can't.
                "msg": f"{event}: {type(error).__name__}",
            }
        try:
            write_all(self._events_fd, json.dumps(body).encode("ascii") + b"\n")
        except Exception:
            self._events_fd = None
            self.disabled = True


class ResultView:
    """What we use of a task's result, on every version of ansible-core."""

    def __init__(self, result):
        # 2.19 made these public and will drop the names with an underscore.
        self.task = attribute(result, "task")
        self.data = attribute(result, "result") or {}
        self.fields = attribute(result, "task_fields") or {}
        self.host = clip(attribute(result, "host").get_name(), NAME_LIMIT)
        self.hidden = self._is_hidden()

    def _is_hidden(self):
        if "censored" in self.data or self.data.get("_ansible_no_log"):
            return True
        # A template that was never resolved (the task failed before) counts as true.
        wanted = self.fields.get("no_log", self.task.no_log)
        return wanted is not False and wanted is not None

    def ignored(self, status):
        keyword = {"failed": "ignore_errors", "unreachable": "ignore_unreachable"}.get(status)
        return keyword is not None and self.fields.get(keyword) is True

    def diff_wanted(self):
        return "diff" in self.data and (self.fields.get("diff", self.task.diff) is True)


def inherited_descriptor():
    """The descriptor to write to, or None. Children never inherit it, nor its name."""
    try:
        descriptor = int(os.environ.pop("RPI_EVENTS_FD", ""))
        if descriptor <= 2:
            return None
        kind = os.fstat(descriptor).st_mode
        if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or stat.S_ISREG(kind)):
            return None
        os.set_inheritable(descriptor, False)
        return descriptor
    except (ValueError, OSError):
        return None


def write_all(descriptor, data):
    """Writes all of `data`, also to a pipe that was set non-blocking. Raises when it is closed."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view):]
        except BlockingIOError:
            select.select([], [descriptor], [])


def attribute(thing, name):
    found = getattr(thing, name, None)
    return getattr(thing, "_" + name, None) if found is None else found


def play_fields(play):
    hosts = play.hosts if isinstance(play.hosts, (list, tuple)) else [play.hosts]
    fields = {
        "play": clip(play.get_name(), NAME_LIMIT),
        "hosts": [clip(pattern, NAME_LIMIT) for pattern in hosts],
    }
    fields.update(location(play))
    return fields


def task_reference(task):
    return {"task": clip(task.get_name(), NAME_LIMIT), "uuid": clip(task._uuid, NAME_LIMIT)}


def task_fields(task):
    return {
        **task_reference(task),
        "action": clip(task.action, NAME_LIMIT),
        **location(task),
    }


def location(thing):
    """`path` and `line` of a play or task, where Ansible knows them."""
    try:
        match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?", str(thing.get_path() or ""), re.DOTALL)
    except Exception:
        return {}
    if match is None:
        return {}
    return {"path": clip(match.group(1), TEXT_LIMIT), "line": int(match.group(2))}


def is_rescued(task):
    """True when a failure of `task` leads to the rescue section of a block around it."""
    child, parent = task, getattr(task, "_parent", None)
    while parent is not None:
        section = getattr(parent, "block", None) or []
        if getattr(parent, "rescue", None) and any(
            entry is child or getattr(entry, "_uuid", None) == child._uuid for entry in section
        ):
            return True
        child, parent = parent, getattr(parent, "_parent", None)
    return False


def item_label(data):
    label = data.get("_ansible_item_label")
    if label is None:
        label = data.get(data.get("ansible_loop_var", "item"))
    return clip(as_text(label), NAME_LIMIT)


def message_of(data, status):
    """The short message of a result; for a failure with what the program said."""
    parts = [as_text(data.get("msg"))] if data.get("msg") not in (None, "") else []
    if status == "skipped" and not parts:
        parts = [as_text(data.get(key)) for key in ("skip_reason", "reason") if data.get(key)]
    if status == "failed":
        if not parts and data.get("reason"):
            parts.append(as_text(data["reason"]))
        for key in ("stderr", "module_stderr", "stdout", "module_stdout"):
            said = as_text(data.get(key) or "").strip()
            if said and said not in parts:
                parts.append(said)
                break
    return "\n".join(parts)


def diff_text(diffs):
    """Ansible's before and after, as one unified diff."""
    texts = []
    for diff in diffs if isinstance(diffs, list) else [diffs]:
        if not isinstance(diff, dict):
            continue
        if diff.get("prepared"):
            texts.append(as_text(diff["prepared"]))
            continue
        if diff.get("src_binary") or diff.get("dst_binary"):
            texts.append("(a binary file)")
            continue
        if "before" not in diff or "after" not in diff:
            continue
        before, after = (as_text(diff[key]).splitlines() for key in ("before", "after"))
        names = [as_text(diff.get(key) or key.split("_")[0]) for key in HEADERS]
        texts.append("\n".join(difflib.unified_diff(before, after, *names, lineterm="")))
    return "\n".join(text for text in texts if text)


HEADERS = ("before_header", "after_header")


def stats_by_host(stats):
    def of(host):
        return {
            "ok": stats.ok.get(host, 0),
            "changed": stats.changed.get(host, 0),
            "unreachable": stats.dark.get(host, 0),
            "failed": stats.failures.get(host, 0),
            "skipped": stats.skipped.get(host, 0),
            "rescued": stats.rescued.get(host, 0),
            "ignored": stats.ignored.get(host, 0),
        }

    return {clip(host, NAME_LIMIT): of(host) for host in sorted(stats.processed)}


def as_text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        return str(value)


def clip(text, limit):
    """`text` as valid Unicode of at most `limit` bytes of UTF-8, with … where it was cut."""
    data = as_text(text).encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode("utf-8")
    return data[: limit - 3].decode("utf-8", "ignore") + "…"
