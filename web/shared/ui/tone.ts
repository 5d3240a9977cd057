/** What a state means to the reader; the five colours of the interface. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet'
