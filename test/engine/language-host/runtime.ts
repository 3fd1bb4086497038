import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type {
  GetProgramDependenciesRequest,
  GetProgramDependenciesResponse,
  RunRequest,
} from '@pulumi/pulumi/proto/language_pb.js';
import { answer } from '../answer.ts';
import { Empty, pluginProto, languageProto as proto } from '../proto.ts';
import type { ProgramStart, Programs } from './programs.ts';

const require = createRequire(import.meta.url);
const { version } = require('@pulumi/pulumi/package.json') as { version: string };

/** The calls of `LanguageRuntime` that the 3.259 engine makes while it runs programs. */
export function languageRuntime(engineAddress: string, programs: Programs): UntypedServiceImplementation {
  return {
    handshake: answer(() => new proto.LanguageHandshakeResponse()),
    getPluginInfo: answer(() => {
      const info = new pluginProto.PluginInfo();
      info.setVersion(version);
      return info;
    }),
    // None: the engine would fetch each package named here, and the tests bring their own providers. Providers are
    // still loaded when a resource asks for one.
    getRequiredPackages: answer(() => new proto.GetRequiredPackagesResponse()),
    getRequiredPlugins: answer(() => new proto.GetRequiredPluginsResponse()),
    getProgramDependencies: answer((request: GetProgramDependenciesRequest) => dependencies(request)),
    about: answer(() => {
      const about = new proto.AboutResponse();
      about.setExecutable(process.execPath);
      about.setVersion(process.version);
      return about;
    }),
    runtimeOptionsPrompts: answer(() => new proto.RuntimeOptionsResponse()),
    template: answer(() => new proto.TemplateResponse()),
    run: answer(async (request: RunRequest) => {
      const end = await programs.run(programStart(request, engineAddress));
      const response = new proto.RunResponse();
      response.setError(end.error);
      response.setBail(end.bail);
      return response;
    }),
    cancel: answer(() => {
      programs.stop();
      return new Empty();
    }),
  };
}

function programStart(request: RunRequest, engineAddress: string): ProgramStart {
  const info = request.getInfo();
  const options: Record<string, unknown> = info?.getOptions()?.toJavaScript() ?? {};
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    'root-directory': info?.getRootDirectory() ?? '',
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const runArguments = Object.entries(flags).flatMap(([flag, value]) => (value ? [`--${flag}`, value] : []));
  if (request.getDryrun()) {
    runArguments.push('--dry-run');
  }
  runArguments.push(info?.getEntryPoint() || '.', ...request.getArgsList());
  return {
    programDirectory: info?.getProgramDirectory() || request.getPwd(),
    nodeArguments: typeof options.nodeargs === 'string' ? options.nodeargs.split(' ').filter(Boolean) : [],
    runArguments,
    environment: {
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject(false))),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      // As the vendor's: ts-node is loaded unless Pulumi.yaml says `runtime.options.typescript: false`.
      PULUMI_NODEJS_TYPESCRIPT: String(options.typescript !== false),
      ...(typeof options.tsconfig === 'string' ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
    },
  };
}

/** The SDK's version, which is what the engine and `pulumi about` look at. */
function dependencies(request: GetProgramDependenciesRequest): GetProgramDependenciesResponse {
  const response = new proto.GetProgramDependenciesResponse();
  const folder = request.getInfo()?.getProgramDirectory();
  if (!folder) {
    return response;
  }
  const manifest = createRequire(join(folder, 'program.js')).resolve('@pulumi/pulumi/package.json');
  const dependency = new proto.DependencyInfo();
  dependency.setName('@pulumi/pulumi');
  dependency.setVersion((JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version);
  response.addDependencies(dependency);
  return response;
}
