/**
 * A small stand-in for `pulumi-language-nodejs`: prints its port, then serves the engine until the engine goes away.
 * Usage (by the engine): main.ts ENGINE_ADDRESS
 */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { languageService } from '../proto.ts';
import { Programs } from './programs.ts';
import { languageRuntime } from './runtime.ts';

const engineAddress = process.argv.at(-1) ?? '';
const programs = new Programs();
const server = new Server();
server.addService(languageService.LanguageRuntimeService, languageRuntime(engineAddress, programs));

function stop(): void {
  programs.stop();
  server.forceShutdown();
  process.exit(0);
}
// The engine interrupts its plugins when it is done, and waits 5 s before it kills them (sdk/go plugin.go).
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// An engine that was killed can't interrupt anybody; but it holds the other end of our stdin.
process.stdin.on('end', stop).on('error', stop).resume();

server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  process.stdout.write(`${port}\n`);
});
