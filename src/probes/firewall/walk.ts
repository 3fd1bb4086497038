import { matches } from './packet.ts';
import type { Base, Chain, MarkValue, Rule, Table, Verdict } from './ruleset.ts';
import type { Packet, Place, State } from './segment.ts';

/** The rule, or with `position` null the chain's policy, that decided. */
export interface Decider {
  readonly table: Table;
  readonly chain: Chain;
  readonly rule: Rule | null;
  /** From 1. */
  readonly position: number | null;
}

/** One way in which the walk through a chain can end. */
export interface End {
  readonly kind: 'accept' | 'drop' | 'reject' | 'unknown' | 'dnat';
  readonly by: Decider;
  readonly state: State;
}

/** Everything that can come of one chain. */
interface Walked {
  readonly ends: readonly End[];
  /** The end of the chain was reached, or it said `return`. */
  readonly falls: readonly State[];
}

/** Chains in chains; the kernel's own limit is 16 (NFT_JUMP_STACK_SIZE), iptables knows none. */
const MAX_DEPTH = 64;
/** Rules looked at for one packet; a large ruleset has some ten thousand. */
const MAX_STEPS = 500_000;

/** Walks chains with one packet; what it can't evaluate, it takes both ways. */
export class Walk {
  /** Rules that would decide, but whether they match can't be told. */
  readonly undecided: string[] = [];
  private steps = 0;
  private readonly known = new Map<string, Walked>();
  private readonly packet: Packet;
  private readonly place: Place;

  constructor(packet: Packet, place: Place) {
    this.packet = packet;
    this.place = place;
  }

  /** @returns each way in which a base chain can end, its policy included. */
  base(table: Table, chain: Chain, base: Base, state: State): readonly End[] {
    const { ends, falls } = this.chain(table, chain, state, 0);
    const by: Decider = { table, chain, rule: null, position: null };
    return [...ends, ...falls.map((fallen): End => ({ kind: base.policy, by, state: fallen }))];
  }

  private chain(table: Table, chain: Chain, state: State, depth: number): Walked {
    const key = `${chain.name} ${stateKey(state)}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const ends: End[] = [];
    const falls: State[] = [];
    let states: readonly State[] = [state];
    for (const [index, rule] of chain.rules.entries()) {
      const by: Decider = { table, chain, rule, position: index + 1 };
      const next: State[] = [];
      for (const each of states) {
        const done = this.rule(by, rule, each, depth);
        ends.push(...done.ends);
        falls.push(...done.returned);
        next.push(...done.next);
      }
      states = distinct(next);
      if (states.length === 0) break;
    }
    const walked = { ends: distinctEnds(ends), falls: distinct([...falls, ...states]) };
    this.known.set(key, walked);
    return walked;
  }

  private rule(by: Decider, rule: Rule, start: State, depth: number): Done {
    const done: Done = { ends: [], next: [], returned: [] };
    let state = start;
    this.steps += 1;
    if (this.steps > MAX_STEPS) {
      done.ends.push({ kind: 'unknown', by, state });
      return done;
    }
    let isUnsure = false;
    const tell = (): void => {
      if (isUnsure) this.undecided.push(rule.text);
    };
    for (const step of rule.steps) {
      switch (step.do) {
        case 'test': {
          const matched = matches(step.test, this.packet, state, this.place);
          isUnsure ||= matched === 'unknown';
          if (matched !== 'yes') done.next.push(state);
          if (matched === 'no') return done;
          break;
        }
        case 'vmap':
          for (const { key, verdict } of step.entries) {
            const matched = matches(key, this.packet, state, this.place);
            isUnsure ||= matched === 'unknown';
            if (matched !== 'no') this.verdict(by, verdict, state, depth, done);
            if (matched !== 'yes') continue;
            tell();
            return done;
          }
          tell();
          done.next.push(state);
          return done;
        case 'verdict':
          tell();
          this.verdict(by, step.verdict, state, depth, done);
          return done;
        case 'mark':
          state = { ...state, [step.of === 'mark' ? 'mark' : 'ctMark']: marked(step.of, step.to, state) };
          break;
        case 'notrack':
          state = { ...state, tracked: false };
          break;
      }
    }
    done.next.push(state);
    return done;
  }

  private verdict(by: Decider, verdict: Verdict, state: State, depth: number, done: Done): void {
    switch (verdict.kind) {
      case 'accept':
      case 'drop':
      case 'reject':
      case 'unknown':
        if (verdict.kind === 'unknown') this.undecided.push(by.rule?.text ?? '');
        done.ends.push({ kind: verdict.kind, by, state });
        return;
      case 'dnat': {
        const { address, port } = verdict;
        const changed: State = {
          ...state,
          daddr: address ?? state.daddr,
          dport: port === null ? state.dport : BigInt(port),
          translated: true,
        };
        done.ends.push({ kind: 'dnat', by, state: changed });
        return;
      }
      case 'return':
        done.returned.push(state);
        return;
      case 'continue':
        done.next.push(state);
        return;
      case 'jump':
      case 'goto': {
        const target = by.table.chains.get(verdict.target);
        if (target === undefined || depth >= MAX_DEPTH) {
          this.undecided.push(by.rule?.text ?? '');
          done.ends.push({ kind: 'unknown', by, state });
          return;
        }
        const { ends, falls } = this.chain(by.table, target, state, depth + 1);
        done.ends.push(...ends);
        (verdict.kind === 'jump' ? done.next : done.returned).push(...falls);
        return;
      }
    }
  }
}

/** What came of one rule. */
interface Done {
  readonly ends: End[];
  /** On to the next rule. */
  readonly next: State[];
  /** Back to where the chain was called. */
  readonly returned: State[];
}

function marked(of: 'mark' | 'ct-mark', to: MarkValue, state: State): bigint | null {
  if (to === null) return null;
  if ('from' in to) return to.from === 'mark' ? state.mark : state.ctMark;
  const old = of === 'mark' ? state.mark : state.ctMark;
  if (to.and === 0n) return to.xor;
  return old === null ? null : (old & to.and) ^ to.xor;
}

export function stateKey({ daddr, dport, mark, ctMark, translated, tracked }: State): string {
  const number = (value: unknown): string => (typeof value === 'bigint' ? `${value}` : '*');
  return [number(daddr), number(dport), mark, ctMark, translated, tracked].join(' ');
}

function distinct(states: readonly State[]): readonly State[] {
  return states.length < 2 ? states : [...new Map(states.map((state) => [stateKey(state), state])).values()];
}

/** The first of those that differ only in the rule. */
function distinctEnds(ends: readonly End[]): readonly End[] {
  const found = new Map<string, End>();
  for (const end of ends) {
    const key = `${end.kind} ${stateKey(end.state)}`;
    if (!found.has(key)) found.set(key, end);
  }
  return [...found.values()];
}
