/** Long work in pieces: between them the browser draws, and hears what the reader does. */

/** Go on in a task of its own. */
export function pause(): Promise<void> {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(0);
  });
}

/** So many milliseconds are worked before the next pause. */
const SLICE = 12;

/** Do all pieces of some work, with pauses between them. */
export async function inPieces<T>(work: Generator<undefined, T>): Promise<T> {
  let end = performance.now() + SLICE;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < end) continue;
    await pause();
    end = performance.now() + SLICE;
  }
}

/** Do all pieces at once. */
export function atOnce<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
