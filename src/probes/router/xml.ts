import { SaxesParser } from 'saxes';

/** What UPnP needs of XML: elements by their local name, in lower case since some routers write them otherwise. */
export interface XmlElement {
  readonly name: string;
  /** Its own text, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

type Growing = { readonly name: string; text: string; readonly children: Growing[] };

/** Levels; descriptions of routers have nine (device in device in device, each in a list). */
const MAX_DEPTH = 24;
/** Elements; a router's description has about 150. */
const MAX_ELEMENTS = 2_000;

/** Never in UPnP; what declares entities may grow without bounds. */
const DECLARES = /<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/iu;

/**
 * Reads an XML document whose size the caller has bounded; never throws.
 * @returns the root element, or in one sentence what is wrong with the text.
 */
export function parseXml(text: string): XmlElement | string {
  if (DECLARES.test(text)) return 'XML with a document type';
  try {
    return parse(text);
  } catch (error) {
    return error instanceof NotXml ? error.message : 'not XML';
  }
}

class NotXml extends Error {}

function parse(text: string): XmlElement {
  const parser = new SaxesParser({ position: false });
  const top: Growing = { name: '', text: '', children: [] };
  const open = [top];
  let elements = 0;
  const current = () => open.at(-1) ?? top;
  parser.on('error', () => {
    throw new NotXml('not XML');
  });
  parser.on('doctype', () => {
    throw new NotXml('XML with a document type');
  });
  parser.on('opentag', ({ name }) => {
    elements += 1;
    if (elements > MAX_ELEMENTS) throw new NotXml('XML with too many elements');
    if (open.length > MAX_DEPTH) throw new NotXml('XML nested too deeply');
    const element = { name: localName(name), text: '', children: [] };
    current().children.push(element);
    open.push(element);
  });
  const addText = (part: string) => {
    current().text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed !== undefined) closed.text = closed.text.trim();
  });
  // Some routers send a byte order mark, empty lines before the document, or the zero byte that ends it in their memory.
  const end = text.indexOf('\0');
  parser.write(text.slice(0, end === -1 ? undefined : end).trim()).close();
  const [root] = top.children;
  if (root === undefined) throw new NotXml('not XML');
  return root;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase();

/** All elements of that name, at any depth, in the order of the document. */
export function descendants(root: XmlElement, name: string): XmlElement[] {
  return [
    ...(root.name === name ? [root] : []),
    ...root.children.flatMap((child) => descendants(child, name)),
  ];
}

/** Text of the first child of that name; null where there is none. */
export const childText = (element: XmlElement, name: string): string | null =>
  element.children.find((child) => child.name === name)?.text ?? null;
