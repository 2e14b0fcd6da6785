"""Runs a program on a terminal of its own: terminal.py PROMPT ANSWER PROGRAM ARGUMENT…

Types ANSWER when PROMPT is shown, writes what the terminal shows to standard output, and ends with the program's code.
"""
import os
import pty
import sys

prompt, answer, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
shown = b""
while True:
    try:
        block = os.read(terminal, 65536)
    except OSError:  # the program has closed its side
        break
    if not block:
        break
    shown += block
    if prompt and prompt.encode() in shown:
        os.write(terminal, answer.encode())
        prompt = ""
    sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
