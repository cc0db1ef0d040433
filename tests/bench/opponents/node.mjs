// The relay a Node programmer would write with socket.io: the same events and answers as parlor-server, no limits, no seals.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], maxHttpBufferSize: 65_536 });
const rooms = new Map();

io.of('/room').on('connection', (socket) => {
  socket.on('join', ({ rid, room, peer }) => {
    const peers = rooms.get(room) ?? new Map();
    rooms.set(room, peers);
    socket.to(room).emit('peer-joined', { peer });
    socket.data = { room, peer };
    socket.emit('reply', { rid, ok: true, peers: [...peers.keys()] });
    peers.set(peer, socket);
    void socket.join(room);
  });
  socket.on('signal', ({ rid, to, body }) => {
    const target = rooms.get(socket.data.room)?.get(to);
    target?.emit('signal', { from: socket.data.peer, body });
    socket.emit('reply', target ? { rid, ok: true } : { rid, ok: false, code: 'no-such-peer' });
  });
  socket.on('disconnect', () => rooms.get(socket.data.room)?.delete(socket.data.peer));
});

http.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${http.address().port}`));
