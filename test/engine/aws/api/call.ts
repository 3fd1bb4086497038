import type { Account, Region } from './account.ts';

/** One request that came in, was understood and may be carried out. */
export interface Call {
  readonly account: Account;
  readonly region: Region;
  /** A caller that a test uses to look at or change the cloud behind everybody's back: sees everything at once. */
  readonly behindTheScenes: boolean;
  /** Refuses the call unless the caller may do this too, such as `ec2:CreateTags` when tags are given at creation. */
  readonly demand: (action: string) => void;
}
