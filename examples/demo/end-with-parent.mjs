/**
 * Preloaded into the server (`node --import`): when the program that started it is gone, however it ended, its end of
 * the pipe closes, and the server stops in good order.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref();
