"""Runs a program in a pseudo-terminal: pty.py COLUMNS ROWS COMMAND [ARGUMENT ...]

What comes in on standard input is typed; what the terminal gets goes to standard output. At the
end one line of JSON on standard error says how the program ended and how it left the terminal.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios

columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])

# Held open so that the terminal's state can still be read once the program has gone.
slave = os.open(os.ptsname(master), os.O_RDWR | os.O_NOCTTY)
sources = [master, 0]
ended = None
while True:
    ready = select.select(sources, [], [], 0.05)[0]
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed:
            os.write(master, typed)
        else:
            sources.remove(0)
    if master in ready:
        os.write(1, os.read(master, 65536))
    elif ended is not None:
        break
    if ended is None:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done == pid:
            ended = os.waitstatus_to_exitcode(status)

modes = termios.tcgetattr(slave)[3]
state = {"code": ended, "echo": bool(modes & termios.ECHO), "lines": bool(modes & termios.ICANON)}
sys.stderr.write(json.dumps(state) + "\n")
