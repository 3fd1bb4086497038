import { UserError } from '../model/error.ts';

/** @throws UserError where `--ssh` is given nothing that SSH takes for a host, such as an option */
export function checkedHost(text: string): string {
  if (/^(?:ssh:\/\/)?(?:[\w.][\w.-]*@)?[\w[][\w.:%[\]-]*$/u.test(text)) return text;
  throw new UserError(`--ssh "${text}" is no host; expected user@host, as ssh(1) takes it.`);
}
