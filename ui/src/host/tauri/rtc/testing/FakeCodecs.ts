// Video coders and frames that a test steps.

/** A frame that knows whether it was closed. */
export class FakeFrame {
  isClosed = false;

  constructor(
    readonly timestamp: number,
    readonly displayWidth = 1280,
    readonly displayHeight = 720,
    readonly rotation = 0,
    /** Null is one that this code does not read by itself. */
    readonly format: string | null = null,
  ) {}

  get visibleRect(): { readonly width: number; readonly height: number } {
    return { width: this.displayWidth, height: this.displayHeight };
  }

  get colorSpace(): object {
    return {};
  }

  allocationSize(): number {
    return this.displayWidth * this.displayHeight * 2;
  }

  copyTo(): Promise<PlaneLayout[]> {
    if (this.isClosed) return Promise.reject(new DOMException('closed', 'InvalidStateError'));
    const plane = { offset: 0, stride: this.displayWidth };
    return Promise.resolve([plane, plane, plane]);
  }

  close(): void {
    this.isClosed = true;
  }

  clone(): FakeFrame {
    return new FakeFrame(this.timestamp, this.displayWidth, this.displayHeight, this.rotation, this.format);
  }

  /** As the code under test takes it. */
  get frame(): VideoFrame {
    return this as unknown as VideoFrame;
  }
}

interface Init<Output> {
  readonly output: (output: Output) => void;
  readonly error: (error: DOMException) => void;
}

export class FakeEncoder {
  state: CodecState = 'unconfigured';
  readonly configured: VideoEncoderConfig[] = [];
  readonly pending: { readonly timestamp: number; readonly key: boolean }[] = [];
  /** Whether `configure` is refused, as by a system without the coder. */
  static isMissing = false;

  constructor(private readonly init: Init<EncodedVideoChunk>) {}

  configure(config: VideoEncoderConfig): void {
    if (FakeEncoder.isMissing) throw new DOMException('no coder', 'NotSupportedError');
    this.state = 'configured';
    this.configured.push(config);
  }

  encode({ timestamp }: VideoFrame, { keyFrame = false }: VideoEncoderEncodeOptions = {}): void {
    this.pending.push({ timestamp, key: keyFrame });
  }

  close(): void {
    this.state = 'closed';
  }

  /** Gives the oldest back. */
  put(): { readonly timestamp: number; readonly key: boolean } {
    const done = this.pending.shift();
    if (done === undefined) throw new Error('nothing is in work');
    const chunk = {
      type: done.key ? 'key' : 'delta',
      timestamp: done.timestamp,
      byteLength: 4,
      copyTo: (destination: Uint8Array) => destination.set([1, 2, 3, 4]),
    };
    this.init.output(chunk as unknown as EncodedVideoChunk);
    return done;
  }

  break(): void {
    this.state = 'closed';
    this.init.error(new DOMException('broken', 'EncodingError'));
  }
}

export class FakeDecoder {
  state: CodecState = 'unconfigured';
  readonly pending: { readonly timestamp: number; readonly type: string }[] = [];
  readonly frames: FakeFrame[] = [];

  constructor(private readonly init: Init<VideoFrame>) {}

  get decodeQueueSize(): number {
    return this.pending.length;
  }

  configure(): void {
    this.state = 'configured';
  }

  decode({ timestamp, type }: EncodedVideoChunk): void {
    this.pending.push({ timestamp, type });
  }

  close(): void {
    this.state = 'closed';
  }

  /** Gives so many pictures. */
  put(count = 1, width = 640, height = 360, format: string | null = null): void {
    for (const { timestamp } of this.pending.splice(0, count)) {
      const frame = new FakeFrame(timestamp, width, height, 0, format);
      this.frames.push(frame);
      this.init.output(frame.frame);
    }
  }

  break(): void {
    this.state = 'closed';
    this.init.error(new DOMException('broken', 'EncodingError'));
  }
}

/** Node has none; only what the code under test reads of it. */
export class FakeChunk {
  readonly type: string;
  readonly timestamp: number;

  constructor(init: { readonly type: string; readonly timestamp: number }) {
    this.type = init.type;
    this.timestamp = init.timestamp;
  }
}

/** Node has none. */
export class FakeImage {
  readonly data: Uint8ClampedArray;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.data = new Uint8ClampedArray(width * height * 4);
  }
}

/** A canvas that counts what is drawn into it. */
export class FakeCanvas {
  width = 300;
  height = 150;
  /** Timestamps of frames, and sizes of pixels. */
  drawn: number[] = [];
  put: string[] = [];
  turns: number[] = [];

  getContext(): unknown {
    return {
      drawImage: (frame: FakeFrame) => {
        if (frame.isClosed) throw new DOMException('closed', 'InvalidStateError');
        this.drawn.push(frame.timestamp);
      },
      putImageData: ({ width, height }: ImageData) => this.put.push(`${width}x${height}`),
      setTransform: () => undefined,
      rotate: (angle: number) => this.turns.push(Math.round((angle * 2) / Math.PI)),
    };
  }

  get canvas(): OffscreenCanvas {
    return this as unknown as OffscreenCanvas;
  }
}
