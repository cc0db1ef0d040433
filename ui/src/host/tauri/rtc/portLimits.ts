// Numbers and names of the media port. Twin of the constants in crates/protocol/src/media_port.

/** What the port answers with; the secret is offered beside it. */
export const SUBPROTOCOL = 'parlor-media';
export const CONTROL_PATH = '/control';
export const CAPTURE_PATH = '/capture';
export const DISPLAY_PATH = '/display';
export const SOUND_PATH = '/sound';

/** PCM on the sound socket: samples a second, one channel, signed 16 bit little-endian. */
export const SOUND_RATE_HZ = 48_000;
/** Samples of one piece: 10 ms. */
export const SOUND_PIECE_SAMPLES = 480;
/** Samples of the microphone that leave together: each message wakes half a dozen threads on its way. */
export const CAPTURED_SAMPLES = 2 * SOUND_PIECE_SAMPLES;
/** Most pieces asked for at once. */
export const WANTED_PIECES = 50;
/** Connections at once. */
export const CONNECTIONS = 32;
/** Largest coded picture. */
export const PICTURE_BYTES = 2 * 1024 * 1024;
/** Layers of the own picture. */
export const LAYERS = 2;
