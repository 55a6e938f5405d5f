/**
 * Preloaded into the server (`node --import`): when the program that started it is gone, however it ended, its end of
 * the pipe closes, and the server stops in good order, as after Ctrl-C: nobody sends it requests any more.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGINT'));
process.stdin.resume();
process.stdin.unref();
