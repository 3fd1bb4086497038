/** The router of the local network, and the public address behind it, which is its own as well. */
export const ROUTER = '192.168.77.1';
export const HOME = '81.2.99.2';
/** Ports of the services that it offers in the place of others. */
export const STUN = 3478;
export const WHOAMI = 8080;
export const AGENT = 4460;
export const WEB = 80;
