"""The relay a Python programmer would write with Flask-SocketIO on gevent: the same events and answers as parlor-server."""

from gevent import monkey

monkey.patch_all()

import socket  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, emit, join_room  # noqa: E402

app = Flask(__name__)
socketio = SocketIO(app, async_mode="gevent")
rooms: dict[str, dict[str, str]] = {}
seats: dict[str, tuple[str, str]] = {}


@socketio.on("join", namespace="/room")
def join(data):
    peers = rooms.setdefault(data["room"], {})
    emit("peer-joined", {"peer": data["peer"]}, to=data["room"])
    emit("reply", {"rid": data["rid"], "ok": True, "peers": list(peers)})
    peers[data["peer"]] = request.sid
    seats[request.sid] = (data["room"], data["peer"])
    join_room(data["room"])


@socketio.on("signal", namespace="/room")
def signal(data):
    room, peer = seats[request.sid]
    target = rooms[room].get(data["to"])
    if target:
        emit("signal", {"from": peer, "body": data["body"]}, to=target)
    emit("reply", {"rid": data["rid"], "ok": target is not None})


@socketio.on("disconnect", namespace="/room")
def disconnect(*_):
    room, peer = seats.pop(request.sid, (None, None))
    if room:
        rooms[room].pop(peer, None)


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    print(f"listening on http://127.0.0.1:{port}", flush=True)
    socketio.run(app, host="127.0.0.1", port=port)
