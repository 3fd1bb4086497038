import { asRoot, plainWord, written } from '../manual.ts';
import { COMMENT, type Dialect } from './fix.ts';

/** Docker leaves this chain to its users and asks it first (Docker's docs, "Packet filtering and firewalls"). */
const USERS_CHAIN = 'DOCKER-USER';

const FOLDER = '/etc/systemd/system/docker.service.d';
const DROP_IN = `${FOLDER}/reach4.conf`;

/** Named by the port that the packet came to: the container's own address changes when it is started again. */
export const docker: Dialect = ({ rule, protocol, arrivedAt, does }) => {
  const table = plainWord(rule.table.split(' ').at(-1) ?? null);
  if (table === null) return null;
  const position = rule.chain === USERS_CHAIN && rule.position !== null ? rule.position : 1;
  const match = `-p ${protocol} -m conntrack --ctorigdstport ${arrivedAt} --ctdir ORIGINAL -m comment --comment ${COMMENT} -j ACCEPT`;
  const run = '/usr/sbin/iptables -w';
  // Docker leaves the chain as it is when it alone starts again: the rule may be there still. The leading `-`: Docker is
  // to start in any case (systemd.service(5)).
  const unlessThere = `${run} -C ${USERS_CHAIN} ${match} || ${run} -I ${USERS_CHAIN} 1 ${match}`;
  return [
    {
      where: 'server',
      software: 'docker',
      does,
      change: asRoot(`iptables -w -I ${USERS_CHAIN} ${position} ${match}`),
      undo: asRoot(`iptables -w -D ${USERS_CHAIN} ${match}`),
    },
    {
      where: 'server',
      software: 'docker',
      does: 'keeps it over a restart of the machine, after which the chain is empty',
      change: asRoot(
        `mkdir -p ${FOLDER}`,
        written(DROP_IN, ['[Service]', `ExecStartPost=-/bin/sh -c "${unlessThere}"`]),
        'systemctl daemon-reload',
      ),
      undo: asRoot(`rm ${DROP_IN}`, `rmdir --ignore-fail-on-non-empty ${FOLDER}`, 'systemctl daemon-reload'),
    },
  ];
};
