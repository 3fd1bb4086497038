/** What containers and virtual machines hang on, by the names that Docker, libvirt, CNI, flannel, Podman, LXC, LXD and Incus give. */
const INNER = /^(?:docker|virbr|veth|vnet|cni|flannel|podman|lxc|lxd|incus)/u;

/**
 * Whether it is the bridge of one of Docker's own networks: `br-` with twelve digits of its id. A bridge that a person
 * names, such as OpenWrt's `br-lan`, is a network of this machine's like any other.
 */
export const isDockerBridge = (name: string): boolean => /^br-[\da-f]{12}$/u.test(name);

/** Whether packets from the LAN don't come to the addresses of an interface of this name. */
export const isInnerInterface = (name: string): boolean => INNER.test(name) || isDockerBridge(name);
