// The global scope of an audio worklet, as far as it is used (https://www.w3.org/TR/webaudio/#AudioWorkletGlobalScope).

/** What a processor of ours is. `process` runs for every 128 samples on the sound thread and allocates nothing it can avoid. */
export interface Processor {
  process(inputs: readonly (readonly Float32Array[])[], outputs: readonly (readonly Float32Array[])[]): boolean;
}

interface WorkletScope {
  readonly AudioWorkletProcessor: new () => { readonly port: MessagePort };
  registerProcessor(name: string, processor: new (options: never) => Processor): void;
}

/** TypeScript's DOM types know windows only. */
const scope = globalThis as unknown as WorkletScope;

export const { AudioWorkletProcessor } = scope;

export function registerProcessor(name: string, processor: new (options: never) => Processor): void {
  scope.registerProcessor(name, processor);
}
