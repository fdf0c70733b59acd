/** The sound of a bell: short and soft, made here. */

/** A program may ring without end. */
const leastBetweenMs = 300;
const lengthSeconds = 0.12;
const hertz = 660;
const volume = 0.08;

let context: AudioContext | null = null;
let rangAt = Number.NEGATIVE_INFINITY;

/** Whether it is time for another one. */
export function mayRing(now: number): boolean {
  if (now - rangAt < leastBetweenMs) return false;
  rangAt = now;
  return true;
}

export function sound(): void {
  context ??= new AudioContext();
  const gain = context.createGain();
  const tone = context.createOscillator();
  const end = context.currentTime + lengthSeconds;
  tone.frequency.value = hertz;
  gain.gain.setValueAtTime(volume, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, end);
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(end);
}
