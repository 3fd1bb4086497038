import type { RelayPlan } from '../../../../model/relay-plan.ts';
import { staysOpen } from '../../../../ports/node/stays-open.ts';
import { agentWay } from '../../../../proof/agent.ts';
import { directWay } from '../../../../proof/direct.ts';
import { type Question, questionsOf } from '../../../../proof/question.ts';
import type { Seen } from '../../../../proof/seen.ts';
import type { Way } from '../../../../proof/way.ts';
import { line, type StatusLine, type StatusLooks } from '../../../status/status.ts';
import type { StackContext } from '../../context.ts';

interface Health {
  readonly lines: readonly StatusLine[];
  readonly facts: readonly {
    service: string;
    state: Seen['state'] | 'unknown';
    why: string | null;
    by: string;
  }[];
}

/** Each service, from here first; the agents are asked as well. */
export async function health(
  plan: RelayPlan,
  address: string,
  { agents }: StatusLooks,
  { ports, signal }: StackContext,
): Promise<Health> {
  const here = directWay(address, { net: ports.net, clock: ports.clock, staysOpen });
  const ways: Way[] = [
    { ...here, label: 'from here' },
    ...agents.map(({ url, token }) => agentWay({ url, token: async () => token }, [address], ports)),
  ];
  const seen = await Promise.all(
    questionsOf(plan).map(async (question) => {
      const looks = await looksAt(question, ways, signal);
      return { question, looks };
    }),
  );
  const all = seen.flatMap(({ question, looks }) => looks.map((look) => ({ question, ...look })));
  return {
    lines: all.map(({ question, by, seen: look }) => serviceLine(question, by, look)),
    facts: all.map(({ question, by, seen: look }) => ({
      service: question.label,
      state: look.state,
      why: look.state === 'forwards' ? null : look.why,
      by,
    })),
  };
}

async function looksAt(
  question: Question,
  ways: readonly Way[],
  signal: AbortSignal,
): Promise<{ by: string; seen: Seen }[]> {
  const looks: { by: string; seen: Seen }[] = [];
  for (const way of ways) {
    const seen = await way
      .look(question, signal)
      .catch((error: Error): Seen => ({ state: 'waiting', why: error.message, by: 'nobody' }));
    if (seen !== null) looks.push({ by: way.label, seen });
  }
  return looks;
}

function serviceLine({ label }: Question, by: string, seen: Seen): StatusLine {
  const from = by === 'from here' ? by : `by ${by}`;
  switch (seen.state) {
    case 'forwards':
      return line('fine', `${label}: forwards, seen ${from}`);
    case 'open':
      return line(
        'note',
        `${label}: takes what comes, seen ${from}; whether it gets through can't be told (${seen.why})`,
      );
    case 'waiting':
      return line('wrong', `${label}: ${seen.why}, seen ${from}`);
  }
}
