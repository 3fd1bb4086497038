import { UserError } from '../../model/error.ts';
import { plainText } from '../../ports/plain-text.ts';
import { block } from '../../report/page.ts';
import { fileError } from '../file-error.ts';
import { type ConnectorContext, EXIT_DONE } from './context.ts';
import { type TunnelChoice, tunnelWithToken } from './token.ts';

/** Writes the token of the stack's tunnel to a new file. @returns the exit code. @throws UserError where it can't */
export async function writeToken(
  file: string,
  choice: TunnelChoice,
  context: ConnectorContext,
): Promise<number> {
  const { io, privateFiles } = context;
  const { token, hostname } = await tunnelWithToken(choice, context);
  const made = await privateFiles.create(file, `${token}\n`).catch((error: unknown) => {
    throw new UserError(`The token file ${file} can't be made: ${plainText(fileError(error), 200)}.`, {
      cause: error,
    });
  });
  if (!made) throw new UserError(`${file} is there already; expected a file that isn't there yet.`);
  io.out(
    [
      block(
        io.page,
        `The token of the tunnel for ${hostname} is in ${file} (0600). Whoever has it can answer for the name: copy it to the server, and delete it here.`,
        0,
      ),
      '',
      block(io.page, 'There:  reach4 connector install --token-file FILE', 0),
      '',
    ].join('\n'),
  );
  return EXIT_DONE;
}
