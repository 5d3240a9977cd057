import fc from 'fast-check'

/**
 * Property tests draw the same values in every run, so that a red build means a changed project and not another draw.
 * `PROPERTY_SEED=random npm test` goes looking for what nobody drew yet.
 */
const seed = process.env['PROPERTY_SEED']
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed ?? 20_210_409) })
