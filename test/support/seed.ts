import fc from 'fast-check';

// The same cases in every run, so that a red run is a change's doing. SEED=N looks at others.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 20_261_123) });
