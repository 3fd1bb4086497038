import type { Command } from 'commander';
export function addStackCommands(_program: Command, _done: (code: number) => void): void {}
