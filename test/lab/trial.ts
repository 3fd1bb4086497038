import { type RunningWorld, startWorld } from './lab.ts';
import { type Observer, observe } from './observe.ts';
import { defineWorld, type World } from './world.ts';
import { healthy } from './worlds/healthy.ts';

type Parts = Omit<Parameters<typeof defineWorld>[0], 'name' | 'about' | 'expect'>;

/** A healthy home but for these parts, for tests of what a world is made of. */
function trialWorld(parts: Parts): World {
  return defineWorld({ name: 'trial', about: JSON.stringify(parts), expect: healthy.expect, ...parts });
}

export type Trial = RunningWorld & Observer;

/** Starts it, shows it to the test and stops it. */
export async function trial(parts: Parts, test: (lab: Trial) => Promise<void>): Promise<void> {
  await using lab = await startWorld(trialWorld(parts), { label: JSON.stringify(parts) });
  await test({ ...lab, ...observe(lab) });
}
