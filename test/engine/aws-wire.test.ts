/** What the stand-in says to requests that no official client would send. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { type Aws, startAws } from './aws/api/server.ts';

const credentials = testCredentials('wire');
let aws: Aws;
beforeEach(async () => {
  aws = await startAws({
    callers: { [credentials.accessKeyId]: {} },
    zones: [{ name: 'example.org', id: 'Z1' }],
  });
});
afterEach(() => aws.stop());

function signed(service: string): Record<string, string> {
  const scope = `${credentials.accessKeyId}/20260101/eu-central-1/${service}/aws4_request`;
  const signature = `SignedHeaders=host, Signature=${'0'.repeat(64)}`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, ${signature}` };
}

async function json(operation: string, body: string): Promise<[number, string]> {
  const headers = { ...signed('lightsail'), 'x-amz-target': `Lightsail_20161128.${operation}` };
  const answer = await fetch(aws.url, { method: 'POST', headers, body });
  const { __type } = (await answer.json()) as { __type: string };
  return [answer.status, __type];
}

async function query(form: Record<string, string>): Promise<[number, string | undefined]> {
  const body = new URLSearchParams({ Version: '2016-11-15', ...form });
  const answer = await fetch(aws.url, { method: 'POST', headers: signed('ec2'), body });
  return [answer.status, /<Code>(.*)<\/Code>/.exec(await answer.text())?.[1]];
}

it('refuses JSON that is none, or lacks a member, and operations that nobody knows', async () => {
  expect(await json('GetInstance', '{')).toEqual([400, 'SerializationException']);
  expect(await json('GetInstance', '{}')).toEqual([400, 'InvalidInputException']);
  expect(await json('DropInstance', '{}')).toEqual([400, 'UnknownOperationException']);
});

it('refuses forms that lack a parameter or have one too many', async () => {
  expect(await query({ Action: 'DeleteVpc' })).toEqual([400, 'MissingParameter']);
  expect(await query({ Action: 'DescribeVpcs', Colour: 'red' })).toEqual([400, 'UnknownParameter']);
  expect(await query({ Action: 'DescribeVpcs', MaxResults: 'many' })).toEqual([400, 'InvalidParameterValue']);
  expect(await query({ Action: 'DropVpcs' })).toEqual([400, 'InvalidAction']);
});

it('refuses XML that is none, and paths that nobody knows', async () => {
  const url = `${aws.url}/2013-04-01/hostedzone/Z1/rrset`;
  const broken = await fetch(url, { method: 'POST', headers: signed('route53'), body: '<Change' });
  expect([broken.status, await broken.text()]).toEqual([
    400,
    expect.stringContaining('<Code>MalformedInput</Code>'),
  ]);
  const unknown = await fetch(`${aws.url}/2013-04-01/colour`, { headers: signed('route53') });
  expect([unknown.status, await unknown.text()]).toEqual([
    400,
    expect.stringContaining('<Code>InvalidAction</Code>'),
  ]);
});

it('refuses a signature that is none', async () => {
  const headers = { authorization: 'Bearer me', 'x-amz-target': 'Lightsail_20161128.GetStaticIps' };
  const answer = await fetch(aws.url, { method: 'POST', headers, body: '{}' });
  expect(await answer.json()).toMatchObject({ __type: 'IncompleteSignature' });
});
