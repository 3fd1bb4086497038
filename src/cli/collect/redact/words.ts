/** Words of rules, commands and system messages, which are the same for everybody. One that is missing is only left out. */
const WORDS =
  // Programs that observe.
  `dig nc curl openssl s_client ssh-keyscan getent ahosts ss netstat lsof ip nft iptables iptables-save ip6tables
  ip6tables-save iptables-legacy ufw firewall-cmd traceroute tcptraceroute tracepath tcpdump conntrack tracert ping upnpc
  natpmpc sudo cat powershell netsh ipconfig route pfctl systemctl docker stunclient turnutils_natdiscovery reach4
  connect servername norecurse recurse short trace list ruleset address addr link show status verbose get default via dev
  neigh stateful active inactive enabled disabled numeric
  ` +
  // nftables, iptables and their front ends.
  `inet ip ip6 arp bridge netdev table chain rule filter nat mangle raw security type hook priority policy input output
  forward prerouting postrouting INPUT OUTPUT FORWARD PREROUTING POSTROUTING accept drop reject return jump goto queue
  continue ACCEPT DROP REJECT RETURN DNAT SNAT MASQUERADE LOG log prefix level dnat snat masquerade redirect to meta
  nfproto ipv4 ipv6 l4proto tcp udp icmp icmpv6 sctp icmp6 dport sport saddr daddr iif iifname oif oifname ct state
  established related new invalid untracked counter packets bytes with reset port-unreachable admin-prohibited
  host-prohibited icmpx limit rate burst second minute hour day over fib pkttype unicast multicast broadcast mark set add
  update flags syn ack fin rst th protocol eq ne lt gt not comment handle and or in out on off any all from tcp-reset
  multiport conntrack ctstate ctdir dports sports addrtype dst-type src-type LOCAL ESTABLISHED RELATED NEW INVALID
  UNTRACKED icmp-port-unreachable reject-with match-set src dst to-destination to-source to-ports
  DOCKER DOCKER-USER DOCKER-FORWARD DOCKER-BRIDGE DOCKER-CT DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2
  ufw-before-input ufw-user-input ufw-after-input ufw-reject-input ufw-track-input ufw-before-logging-input
  ufw-after-logging-input ufw-skip-to-policy-input ufw-not-local ufw-user-limit ufw-user-limit-accept ufw-user-forward
  ufw-before-forward ufw6-before-input ufw6-user-input ufw6-after-input ufw6-reject-input ufw6-user-forward
  firewalld filter_INPUT filter_FORWARD filter_OUTPUT filter_INPUT_ZONES filter_IN_public filter_IN_public_allow
  filter_IN_public_deny filter_IN_policy_allow-host-ipv6 public trusted home internal work dmz external block zone
  ` +
  // pf and the firewall of Windows.
  `pass quick scrub anchor rdr inbound outbound allow domain private profile
  Domain Private Public Any Inbound Block Allow True False Name TCP UDP DefaultInboundAction AllowInboundRules
  local remote interface program programs service package application incoming connections
  ` +
  // Commands by hand of Windows and macOS (model/by-hand).
  `curl.exe NUL dscacheutil scutil Resolve-DnsName A_AAAA SOA PrimaryServer Test-NetConnection Get-NetRoute IPv4
  Get-DnsClientServerAddress New-Object HNetCfg.NATUPnP StaticPortMappingCollection ComObject Port Type Server DnsOnly
  NoRecursion AddressFamily
  ` +
  // What systems and reach4 say where something fails.
  `a an the is was be no not of for by at as it this that and with without can cannot could found such file or directory
  command permission denied operation permitted root needed need must you are superuser connection refused timed out
  network unreachable host answer answers nothing listens there time too large many read evaluate evaluated rule rules
  router's page read firewall expression unknown unsupported
  `;

const KNOWN = new Set(WORDS.split(/\s+/u).filter((word) => word !== ''));

export const isKnownWord = (word: string): boolean => KNOWN.has(word);

/** Programs that are installed from packages: their names tell of nobody. One of the user's own may. */
const PROGRAMS = new Set(
  `nginx apache2 httpd caddy haproxy traefik lighttpd envoy varnishd squid sshd dropbear docker-proxy dockerd containerd
  podman conmon rootlessport slirp4netns systemd systemd-resolve systemd-resolved init xinetd inetd node nodejs MainThread
  bun deno python python2 python3 gunicorn uvicorn hypercorn java ruby puma php php-fpm perl dotnet beam.smp postgres
  mariadbd mysqld redis-server memcached mongod named dnsmasq unbound pihole-FTL AdGuardHome avahi-daemon cupsd smbd nmbd
  master exim4 dovecot mosquitto grafana prometheus node_exporter gitea forgejo jellyfin plex emby syncthing sshd-session
  tailscaled wireguard openvpn cloudflared frps frpc ngrok socat ncat nc minetest bedrock_server svchost.exe System
  w3wp.exe nginx.exe httpd.exe node.exe java.exe python.exe sshd.exe com.docker.backend.exe vpnkit caddy.exe launchd
  mDNSResponder rapportd ControlCenter chronyd ntpd rpcbind`
    .split(/\s+/u)
    .filter((word) => word !== ''),
);

export const isKnownProgram = (name: string): boolean => PROGRAMS.has(name);

/** Interfaces as systems name them, where nothing in the name is the user's own or the hardware's. */
export const PLAIN_INTERFACE =
  /^(?:lo|lo0|any|(?:eth|wlan|wan|lan|en|eno|ens|wl|ww|usb|br|bond|tun|tap|ppp|wg|utun|docker|virbr|lxcbr|lxdbr|incusbr|podman|cni|tailscale|veth|bridge|awdl|gif|stf|pppoe-wan|br-lan|br-wan)\d{0,3}|en[op]\d{1,3}s\d{1,3}(?:f\d)?|wlp\d{1,3}s\d{1,3}(?:f\d)?|Ethernet(?: \d{1,2})?|Wi-Fi(?: \d{1,2})?|WLAN(?: \d{1,2})?)$/u;

/** Beginnings that say what hangs on an interface (see model/interface-name.ts); what follows is made up by programs, or by the user. */
export const INTERFACE_STEM =
  /^(?:docker|br-|virbr|veth|cni|flannel|podman|lxc|lxd|incus|wg|tun|tap|ppp|tailscale|zt|utun|nordlynx)/u;

/** Kinds of interfaces (`ip -d link`, rtnl_link_ops of Linux). */
export const LINK_KINDS =
  'bridge bond vlan veth tun wireguard dummy macvlan macvtap ipvlan vxlan geneve gre gretap ip6gre ip6gretap ipip ip6tnl sit vti vti6 xfrm ppp vrf ifb team ovpn tap'.split(
    ' ',
  );

/** Host-key algorithms (IANA, SSH Protocol Parameters, Public Key Algorithm Names). */
export const KEY_ALGORITHMS =
  'ssh-ed25519 ssh-ed448 ssh-rsa rsa-sha2-256 rsa-sha2-512 ssh-dss ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521 sk-ssh-ed25519@openssh.com sk-ecdsa-sha2-nistp256@openssh.com'.split(
    ' ',
  );

/** IANA, DNS RCODEs. */
export const RCODES =
  'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE DSOTYPENI BADVERS BADSIG BADKEY BADTIME BADMODE BADNAME BADALG BADTRUNC BADCOOKIE'.split(
    ' ',
  );

/** ConnectionStatus of WANIPConnection:1, 2.2.3. */
export const WAN_STATUS =
  'Unconfigured Connecting Connected PendingDisconnect Disconnecting Disconnected'.split(' ');

export const TRACERS =
  'traceroute tracepath tcptraceroute tracert inetutils-traceroute busybox traceroute6 mtr globalping'.split(
    ' ',
  );
