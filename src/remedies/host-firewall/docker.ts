import { asRoot, edit, plainWord } from '../manual.ts';
import { COMMENT, type Dialect } from './fix.ts';

/** Docker leaves this chain to its users and asks it first (Docker's docs, "Packet filtering and firewalls"). */
const USERS_CHAIN = 'DOCKER-USER';

const DROP_IN = '/etc/systemd/system/docker.service.d/reach4.conf';

/** Named by the port that the packet came to: the container's own address changes when it is started again. */
export const docker: Dialect = ({ rule, protocol, arrivedAt, does }) => {
  const table = plainWord(rule.table.split(' ').at(-1) ?? null);
  if (table === null) return null;
  const position = rule.chain === USERS_CHAIN && rule.position !== null ? rule.position : 1;
  const match = `-p ${protocol} -m conntrack --ctorigdstport ${arrivedAt} --ctdir ORIGINAL -m comment --comment ${COMMENT} -j ACCEPT`;
  const unit = `[Service]\nExecStartPost=/usr/sbin/iptables -w -I ${USERS_CHAIN} 1 ${match}`;
  const load = ['systemctl daemon-reload'];
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
      does: 'keeps it over a restart: Docker forgets what its users put into the chain',
      change: edit(DROP_IN, null, unit, load),
      undo: edit(DROP_IN, unit, null, load),
    },
  ];
};
