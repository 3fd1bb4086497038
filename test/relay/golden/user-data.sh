#!/bin/sh
# Makes this host a relay. Every step may be repeated.
set -eu
umask 022
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
step=start
say() { echo "relay: $*"; logger -t relay -- "$*" || :; }
policy=/usr/sbin/policy-rc.d
ended() {
  status=$?
  rm -f "$policy"
  [ "$status" -eq 0 ] || say "failed with status $status at: $step"
}
trap ended EXIT
begin() { step=$*; say "$*"; }
put() {
  for file; do mkdir -p "${file%/*}"; done
  tee "$@" > /dev/null
}
try() {
  left=60
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 5
  done
}
apt() { apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"; }

begin 'no SSH'
systemctl disable --now ssh.socket ssh.service > /dev/null 2>&1 || :
systemctl mask ssh.socket ssh.service unbound-resolvconf.service

begin 'packages'
ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"
try apt -o APT::Update::Error-Mode=any update
try apt -y --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install haproxy unbound dns-root-data socat nftables unattended-upgrades nginx libnginx-mod-stream
rm -f "$policy"

begin 'files'
put /etc/systemd/system/haproxy.service.d/hardened.conf /etc/systemd/system/unbound.service.d/hardened.conf /etc/systemd/system/unbound-filter.service.d/hardened.conf /etc/systemd/system/nginx.service.d/hardened.conf << 'END-OF-FILE'
[Service]
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077
END-OF-FILE
put /etc/haproxy/haproxy.cfg << 'END-OF-FILE'
global
	user haproxy
	group haproxy
	chroot /var/lib/haproxy
	log stderr format raw daemon notice
	maxconn 4000
	maxpipes 1000
	hard-stop-after 12h
	stats socket /run/haproxy/admin.sock mode 600 level user
	server-state-file /var/lib/haproxy/server-state
resolvers host
	nameserver unbound 127.0.0.1:5335
	accepted_payload_size 8192
	resolve_retries 2
	timeout resolve 1s
	timeout retry 2500ms
	hold nx 5m
	hold other 5m
	hold timeout 24d
	hold refused 24d
defaults relayed
	mode tcp
.if version_before(2.7)
	option splice-request
.else
	option splice-auto
.endif
	option splice-response
	option clitcpka
	option srvtcpka
	timeout connect 10s
	timeout client 1h
	timeout server 1h
	timeout tunnel 1d
	timeout client-fin 1h
	timeout server-fin 1h
	retries 0
defaults listening from relayed
	option tcp-smart-accept
	tcp-request connection set-var(sess.to) dst
	tcp-request connection reject if { src,strcmp(sess.to) eq 0 }
frontend tcp-22
	bind 0.0.0.0:22,[::]:22 v6only
	default_backend tcp-22
frontend tcp-25
	bind 0.0.0.0:25,[::]:25 v6only
	default_backend tcp-25
frontend tls-443
	bind 0.0.0.0:443,[::]:443 v6only
	tcp-request inspect-delay 5s
	acl tls-443-1 req.ssl_sni,lower -m str home.example.org
	acl tls-443-1 req.ssl_sni,lower -m str www.example.org
	acl tls-443-2 req.ssl_sni,lower -m str cloud.example.org
	tcp-request content accept if { req.ssl_hello_type 1 } tls-443-1
	tcp-request content accept if { req.ssl_hello_type 1 } tls-443-2
	tcp-request content reject
	use_backend tls-443-1 if tls-443-1
	use_backend tls-443-2 if tls-443-2
frontend http-80
	mode http
	bind 0.0.0.0:80,[::]:80 v6only
	option disable-h2-upgrade
	timeout http-request 5s
	timeout http-keep-alive 15s
	http-request deny deny_status 405 if METH_CONNECT
	http-request deny deny_status 400 unless { url -m beg / }
	http-request deny deny_status 400 unless { req.fhdr_cnt(host) eq 1 }
	http-request del-header upgrade unless { req.fhdr(upgrade),lower -m str websocket }
	http-request del-header http2-settings
	http-request del-header forwarded
	http-request del-header x-forwarded- -m beg
	http-request del-header x_forwarded_ -m beg
	http-request del-header x-real-ip -m beg
	http-request del-header x_real_ip -m beg
	http-request set-header x-forwarded-for %[src]
	acl http-80-1 req.fhdr(host),lower -m str home.example.org
	acl http-80-1 req.fhdr(host),lower -m str home.example.org:80
	use_backend http-80-1 if http-80-1
	default_backend http-80-refused
defaults origins from relayed
	load-server-state-from-file global
	default-server resolvers host resolve-prefer ipv6 init-addr last,none
backend tcp-22
	server origin home.example.org:22
backend tcp-25
	server origin [2a0b:4341:7700::11]:2525 send-proxy-v2
backend tls-443-1
	server origin home.example.org:443 send-proxy-v2
backend tls-443-2
	server origin cloud.example.org:8443
backend http-80-1
	mode http
	http-reuse never
	server origin home.example.org:80
backend http-80-refused
	mode http
	http-request deny deny_status 421
END-OF-FILE
put /etc/systemd/system/haproxy.service.d/relay.conf << 'END-OF-FILE'
[Unit]
After=unbound-filter.service nftables.service
Wants=unbound-filter.service
StartLimitIntervalSec=0
[Service]
ExecReload=
ExecReload=-/bin/sh -c 'echo show servers state | socat - UNIX-CONNECT:/run/haproxy/admin.sock > /var/lib/haproxy/server-state.new && [ -s /var/lib/haproxy/server-state.new ] && mv /var/lib/haproxy/server-state.new /var/lib/haproxy/server-state'
ExecReload=/usr/sbin/haproxy -Ws -f $CONFIG -c -q $EXTRAOPTS
ExecReload=/bin/kill -USR2 $MAINPID
ExecStop=-/bin/sh -c 'echo show servers state | socat - UNIX-CONNECT:/run/haproxy/admin.sock > /var/lib/haproxy/server-state.new && [ -s /var/lib/haproxy/server-state.new ] && mv /var/lib/haproxy/server-state.new /var/lib/haproxy/server-state'
Restart=always
RestartSec=1
LimitNOFILE=16384
OOMScoreAdjust=-900
ReadWritePaths=/var/lib/haproxy
RuntimeDirectory=haproxy
SystemCallFilter=chroot
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_KILL CAP_CHOWN CAP_DAC_OVERRIDE
END-OF-FILE
put /etc/nginx/nginx.conf << 'END-OF-FILE'
user www-data;
worker_processes 1;
worker_rlimit_nofile 16384;
pid /run/nginx.pid;
error_log stderr error;
include /etc/nginx/modules-enabled/*.conf;
events {
	worker_connections 8192;
}
stream {
	resolver 127.0.0.1:5335 valid=1s;
	resolver_timeout 10s;
	proxy_timeout 3m;
	map "$remote_addr $server_addr" $to_443 {
		"~^(?<self>\S+) \k<self>$" "";
		default "home.example.org:443";
	}
	server {
		listen 0.0.0.0:443 udp;
		listen [::]:443 udp ipv6only=on;
		proxy_pass $to_443;
	}
	map "$remote_addr $server_addr" $to_53 {
		"~^(?<self>\S+) \k<self>$" "";
		default "[2a0b:4341:7700::11]:53";
	}
	server {
		listen 0.0.0.0:53 udp;
		listen [::]:53 udp ipv6only=on;
		proxy_pass $to_53;
		proxy_responses 1;
		proxy_timeout 10s;
	}
}
END-OF-FILE
put /etc/systemd/system/nginx.service.d/relay.conf << 'END-OF-FILE'
[Unit]
After=unbound-filter.service nftables.service
Wants=unbound-filter.service
StartLimitIntervalSec=0
[Service]
Restart=always
RestartSec=1
LimitNOFILE=16384
OOMScoreAdjust=-900
ReadWritePaths=/var/lib/nginx /var/log/nginx /run
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_KILL CAP_CHOWN CAP_DAC_OVERRIDE
END-OF-FILE
put /etc/unbound/unbound.conf.d/relay.conf << 'END-OF-FILE'
server:
	interface: 127.0.0.1
	port: 5336
	prefer-ip6: yes
	module-config: "validator iterator"
	serve-expired: yes
	serve-expired-ttl: 0
	serve-expired-client-timeout: 1800
	cache-max-negative-ttl: 10
	infra-host-ttl: 10
	infra-keep-probing: yes
	use-syslog: no
	num-threads: 1
	msg-cache-size: 4m
	rrset-cache-size: 4m
END-OF-FILE
put /etc/unbound/filter.conf << 'END-OF-FILE'
server:
	interface: 127.0.0.1
	port: 5335
	username: ""
	chroot: ""
	pidfile: ""
	do-not-query-localhost: no
	module-config: "iterator"
	private-address: 0.0.0.0/0
	private-address: ::/3
	private-address: 4000::/2
	private-address: 8000::/1
	private-address: 2001::/23
	private-address: 2001:db8::/32
	private-address: 3fff::/20
	private-address: 2002::/16
	cache-max-ttl: 0
	cache-max-negative-ttl: 0
	infra-cache-min-rtt: 3600
	use-syslog: no
	num-threads: 1
	msg-cache-size: 1m
	rrset-cache-size: 1m
remote-control:
	control-enable: no
forward-zone:
	name: "."
	forward-addr: 127.0.0.1@5336
END-OF-FILE
put /etc/systemd/system/unbound-filter.service << 'END-OF-FILE'
[Unit]
Description=Public IPv6 addresses only
After=unbound.service
Wants=unbound.service
StartLimitIntervalSec=0
[Service]
Type=notify
User=unbound
ExecStart=/usr/sbin/unbound -d -p -c /etc/unbound/filter.conf
Restart=always
RestartSec=1
OOMScoreAdjust=-900
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
CapabilityBoundingSet=
[Install]
WantedBy=multi-user.target
END-OF-FILE
put /etc/systemd/system/unbound.service.d/relay.conf << 'END-OF-FILE'
[Unit]
StartLimitIntervalSec=0
[Service]
Restart=always
RestartSec=1
OOMScoreAdjust=-900
ReadWritePaths=/var/lib/unbound /run
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_KILL CAP_CHOWN CAP_DAC_OVERRIDE CAP_SYS_RESOURCE
END-OF-FILE
put /etc/nftables.conf << 'END-OF-FILE'
#!/usr/sbin/nft -f
flush ruleset
table inet relay {
chain untracked-in {
	type filter hook prerouting priority raw;
	meta l4proto tcp notrack
	udp dport { 53, 443 } notrack
}
chain untracked-out {
	type filter hook output priority raw;
	meta l4proto tcp notrack
	udp sport { 53, 443 } notrack
	oifname lo udp sport 5335 @th,92,4 2 drop
}
chain input {
	type filter hook input priority filter; policy drop;
	iifname lo tcp dport { 22, 25, 80, 443 } reject
	iifname lo udp dport { 53, 443 } reject
	iifname lo accept
	fib saddr type local drop
	tcp flags & (syn | ack) != syn accept
	tcp dport { 22, 25, 80, 443 } accept
	udp dport { 53, 443 } accept
	ct state established,related accept
	icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request } accept
	icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query } accept
	udp sport 67 udp dport 68 accept
	ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
}
chain output {
	type filter hook output priority filter;
	meta skuid haproxy goto haproxy
	meta skuid www-data goto nginx
	meta skuid unbound goto unbound
}
chain haproxy {
	tcp flags & (syn | ack) != syn accept
	ip daddr 127.0.0.1 udp dport 5335 accept
	meta l4proto tcp goto internet
	reject
}
chain nginx {
	udp sport { 53, 443 } accept
	ip daddr 127.0.0.1 udp dport 5335 accept
	meta l4proto udp goto internet
	reject
}
chain internet {
	fib daddr type local reject
	ip6 daddr { 2001::/23, 2001:db8::/32, 3fff::/20, 2002::/16 } reject
	ip6 daddr 2000::/3 accept
	reject
}
chain unbound {
	oifname lo udp sport { 5335, 5336 } accept
	ip daddr 127.0.0.1 udp dport 5336 accept
	tcp flags & (syn | ack) != syn accept
	fib daddr type local reject
	meta l4proto { tcp, udp } th dport 53 accept
	reject
}
}
END-OF-FILE
put /etc/sysctl.d/90-relay.conf << 'END-OF-FILE'
# Towards one origin, every connection needs a port of its own; those of services stay free for them.
net.ipv4.ip_local_port_range = 10240 65535
net.ipv4.ip_local_reserved_ports = 22,25,53,80,443
net.ipv4.tcp_tw_reuse = 1
# Tunnels and lines at home drop large packets without a word.
net.ipv4.tcp_mtu_probing = 1
net.ipv4.tcp_keepalive_time = 60
net.ipv4.tcp_keepalive_intvl = 15
net.ipv4.tcp_keepalive_probes = 4
net.ipv4.conf.all.accept_redirects = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv4.conf.all.send_redirects = 0
kernel.panic = 10
END-OF-FILE
put /etc/systemd/journald.conf.d/relay.conf << 'END-OF-FILE'
[Journal]
SystemMaxUse=64M
RuntimeMaxUse=16M
MaxRetentionSec=14day
END-OF-FILE
put /etc/systemd/resolved.conf.d/relay.conf << 'END-OF-FILE'
[Resolve]
DNSStubListener=no
LLMNR=no
MulticastDNS=no
END-OF-FILE
put /etc/apt/apt.conf.d/90relay << 'END-OF-FILE'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-WithUsers "true";
Unattended-Upgrade::Automatic-Reboot-Time "00:20";
Unattended-Upgrade::Remove-Unused-Dependencies "true";
Dpkg::Options { "--force-confdef"; "--force-confold"; };
DPkg::Post-Invoke { "touch /run/reboot-required"; };
END-OF-FILE
put /etc/systemd/system/apt-daily.timer.d/relay.conf << 'END-OF-FILE'
[Timer]
OnCalendar=
OnCalendar=*-*-* 23:20 UTC
RandomizedDelaySec=5m
END-OF-FILE
put /etc/systemd/system/apt-daily-upgrade.timer.d/relay.conf << 'END-OF-FILE'
[Timer]
OnCalendar=
OnCalendar=*-*-* 23:50 UTC
RandomizedDelaySec=5m
END-OF-FILE
if [ -e /run/systemd/resolve/resolv.conf ]; then
  systemctl restart systemd-resolved
  ln -sf /run/systemd/resolve/resolv.conf /etc/resolv.conf
fi
systemctl daemon-reload
systemctl restart systemd-journald
sysctl -q -p /etc/sysctl.d/90-relay.conf || say 'not every kernel setting was taken'

begin 'validation'
unbound-checkconf > /dev/null
unbound-checkconf /etc/unbound/filter.conf > /dev/null
haproxy -c -q -f /etc/haproxy/haproxy.cfg
nft -c -f /etc/nftables.conf
nginx -t -q

begin 'services'
systemctl enable nftables unbound unbound-filter haproxy nginx
systemctl restart nftables
systemctl restart unbound unbound-filter haproxy nginx
systemctl restart apt-daily.timer apt-daily-upgrade.timer
sleep 3
for unit in nftables unbound unbound-filter haproxy nginx; do systemctl is-active --quiet "$unit" || (say "$unit doesn't run"; exit 1); done
step=end
say ready
