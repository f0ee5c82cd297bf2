"""Runs a program in a pseudo-terminal: in_terminal.py COLUMNS ROWS COMMAND [ARGUMENT ...]

What comes in on standard input is typed; what the terminal gets goes to standard output. At the
end one line of JSON on standard error says how the program ended and how it left the terminal.
"""

import fcntl
import json
import os
import select
import struct
import sys
import termios

columns, rows = int(sys.argv[1]), int(sys.argv[2])
# The slave is held open so that the terminal's state can still be read once the program has gone.
master, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for stream in (0, 1, 2):
        os.dup2(slave, stream)
    os.closerange(3, 256)
    os.execvp(sys.argv[3], sys.argv[3:])

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
