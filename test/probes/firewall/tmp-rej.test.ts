import { test } from 'vitest';
import { Namespaces } from '/work/main/test/probes/firewall/namespaces.ts';
test('x', async () => {
  await using w = await Namespaces.create([443, 80]);
  for (const prio of ['-301', '-250','-160', '0', '10']) for (const kind of ['reject with icmpx admin-prohibited', 'reject with icmpx port-unreachable', 'reject with tcp reset']) {
    await w.load(`nft 'add table inet x; add chain inet x i { type filter hook input priority ${prio}; }; add rule inet x i tcp dport 443 ${kind}'`);
    console.log(prio, kind, await w.connect('lan', 'ipv4', 443), await w.connect('lan', 'ipv6', 443), await w.connect('internet', 'ipv6', 443));
  }
  await w.load(`ip6tables-legacy -A INPUT -p tcp -j REJECT --reject-with icmp6-adm-prohibited`);
  console.log(await w.connect('lan', 'ipv6', 443));
  await w.load(`ip6tables-legacy -A INPUT -p tcp -j REJECT`);
  console.log(await w.connect('lan', 'ipv6', 443));
});
