# Runs a program and says on file descriptor 3 what it took, which only its parent is told: one JSON line
# `{"code", "cpu_seconds", "peak_bytes"}`. `measured.py LIMIT_SECONDS PROGRAM [WORD ...]`
#
# CPU time is user and system, of the program and of all its descendants, also of those that outlive the process that started them. The
# peak is of the largest single process; a program smaller than this one (some 10 MiB) is seen as large as this one. SIGTERM and SIGINT go on
# to the program; after the limit it is killed.
import json
import os
import resource
import signal
import sys

limit, *command = sys.argv[1:]
child = 0


def hand_on(number, _frame):
    if child > 0:
        try:
            os.kill(child, number)
        except ProcessLookupError:
            pass


def too_long(_number, _frame):
    hand_on(signal.SIGKILL, None)
    raise TimeoutError


os.set_inheritable(3, False)
signal.signal(signal.SIGTERM, hand_on)
signal.signal(signal.SIGINT, hand_on)
signal.signal(signal.SIGALRM, too_long)
child = os.fork()
if child == 0:
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error}", file=sys.stderr, flush=True)
        os._exit(127)

# Only now: what this process has loaded at the fork counts for the program's peak.
import ctypes  # noqa: E402

PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
signal.alarm(int(limit))
code = 124
try:
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
except ChildProcessError:
    pass
except TimeoutError:
    print(f"{command[0]}: stopped after {limit} s", file=sys.stderr)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
report = {"code": code, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_bytes": used.ru_maxrss * 1024}
os.write(3, json.dumps(report).encode())
