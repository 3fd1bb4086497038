import * as pulumi from '@pulumi/pulumi';

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly custom: boolean;
  /** What an `import` option asks for. */
  readonly importId: string;
}

/** Runs a program against mocks, in the SDK's own way. Fails where an output was turned into text unresolved. */
export async function underMocks(program: () => unknown): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom, id }) => {
        registered.push({ type, name, inputs, custom: custom ?? false, importId: id ?? '' });
        return { id: id || `${name}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    'reach4',
    'home-example-org',
    false,
  );
  acceptHooks();
  await pulumi.runtime.runInPulumiStack(async () => program());
  await pulumi.runtime.disconnect();
  const unresolved = registered.filter(({ inputs }) => JSON.stringify(inputs).includes('Calling [toString]'));
  if (unresolved.length > 0) throw new Error(`an Output became text in ${unresolved[0]?.name}`);
  return registered;
}

/** The SDK's mocked monitor knows no hooks, which run in an engine only: they are taken and never called. */
function acceptHooks(): void {
  const { getMonitor } = pulumi.runtime as unknown as {
    getMonitor(): { registerResourceHook?: (request: unknown, done: (error: null) => void) => void };
  };
  getMonitor().registerResourceHook = (_request, done) => done(null);
}
