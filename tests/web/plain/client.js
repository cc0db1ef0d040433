// The calling side as tutorials have it, and the answering side they leave out, with the same three events.
const server = new URLSearchParams(location.search).get('server');
const socket = io(server);
const connection = new RTCPeerConnection();
// What a test wants to know.
const seen = { transports: [], events: [], error: null };
window.plain = { socket, connection, seen };

socket.io.on('open', () => {
  seen.transports.push(socket.io.engine.transport.name);
  socket.io.engine.on('upgrade', (transport) => seen.transports.push(transport.name));
});
socket.on('connect_error', (error) => (seen.error = error.message));
socket.onAny((event) => seen.events.push(event));

connection.onicecandidate = ({ candidate }) => {
  if (candidate) socket.emit('candidate', candidate);
};
connection.ontrack = ({ streams: [stream] }) => {
  document.querySelector('#remote').srcObject = stream;
};

async function addCamera() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  document.querySelector('#local').srcObject = stream;
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
}

document.querySelector('#call').onclick = async () => {
  await addCamera();
  const offer = await connection.createOffer();
  await connection.setLocalDescription(offer);
  socket.emit('offer', offer);
};

socket.on('answer', async (answer) => {
  await connection.setRemoteDescription(new RTCSessionDescription(answer));
});

socket.on('candidate', async (candidate) => {
  await connection.addIceCandidate(new RTCIceCandidate(candidate));
});

socket.on('offer', async (offer) => {
  await connection.setRemoteDescription(new RTCSessionDescription(offer));
  await addCamera();
  const answer = await connection.createAnswer();
  await connection.setLocalDescription(answer);
  socket.emit('answer', answer);
});
