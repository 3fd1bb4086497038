/** What is wrong with a value, worded as helper/validation of Terraform's plugin SDK. */
type Validate = (value: string | number) => string | undefined;

export function cidrProblem(family: 'ipv4' | 'ipv6'): Validate {
  const mark = family === 'ipv4' ? '.' : ':';
  return (cidr) =>
    new RegExp(`^[0-9a-fA-F${mark}]+/\\d{1,3}$`).test(String(cidr)) && String(cidr).includes(mark)
      ? undefined
      : `to be a valid ${family === 'ipv4' ? 'IPv4' : 'IPv6'} CIDR block`;
}

export function oneOf(...values: string[]): Validate {
  return (value) => (values.includes(String(value)) ? undefined : `to be one of ${JSON.stringify(values)}`);
}

export function between(low: number, high: number): Validate {
  return (value) =>
    Number(value) >= low && Number(value) <= high ? undefined : `to be in the range (${low} - ${high})`;
}
