/**
 * How a server is to stop. `gentle`: others may still send requests here, and get `serve.shutdown.delay` to notice. `prompt`:
 * the caller knows that no more requests come.
 */
export type Ending = 'gentle' | 'prompt';
