import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { CauseCode } from '../../src/model/cause-code.ts';
import type { ConditionCode } from '../../src/model/diagnosis.ts';

/** What the file of a cause or a condition says of it: the comment before what it exports under the code. */
export function docstring(code: CauseCode | ConditionCode, folder: 'causes' | 'causes/conditions'): string {
  const path = new URL(`../../src/${folder}/${code}.ts`, import.meta.url);
  const file = ts.createSourceFile(path.href, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const [judge] = file.statements.filter(
    (each) =>
      ts.isVariableStatement(each) && each.declarationList.declarations.some((one) => isOf(one, code)),
  );
  const comments = judge === undefined ? [] : ts.getJSDocCommentsAndTags(judge);
  const text = comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '').join(' ');
  if (text === '') throw new Error(`src/${folder}/${code}.ts doesn't say what ${code} is`);
  return text.replace(/\s+/gu, ' ');
}

/** `{ code: 'dns', … }`. */
const isOf = ({ initializer }: ts.VariableDeclaration, code: string): boolean => {
  const value =
    initializer !== undefined && ts.isAsExpression(initializer) ? initializer.expression : initializer;
  return (
    value !== undefined &&
    ts.isObjectLiteralExpression(value) &&
    value.properties.some(
      (each) =>
        ts.isPropertyAssignment(each) &&
        each.name.getText() === 'code' &&
        ts.isStringLiteral(each.initializer) &&
        each.initializer.text === code,
    )
  );
};
