"""A page on which a person decides proposals with the keyboard, and saves the decisions: one file, nothing fetched."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any, get_args

from caravana.cli.articles.shown import unsure_lines
from caravana.cli.articles.words import words_of
from caravana.language.faults import message_words
from caravana.scenario.vocabulary import ObservationKind, Qualifier, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caravana.cli.articles.words import RowWords
    from caravana.language.language import Language
    from caravana.scenario.model import Scenario

_FIELDS = ("kind", "low", "high", "qualifier", "place", "date", "side")
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;color:#1a1a1a;background:#fff}
.row{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
.row{border:1px solid #bbb;border-radius:4px;padding:.7rem;margin:.6rem 0}
.row.at{outline:3px solid #0b57a4}.row.yes{background:#e6f4e6}.row.no{background:#eee;color:#555}
mark{background:#ffe08a;color:inherit}label{display:inline-block;margin:.15rem .5rem .15rem 0;font-size:.85rem}
input,select{font:inherit;width:9.5rem}button{font:inherit;padding:.3rem .8rem}ol{margin:.3rem 0;padding-left:1.4rem}
.flag{color:#8a1c00}.ask{border-left:4px solid #0b57a4;padding-left:.6rem}
@media(max-width:45rem){.row{grid-template-columns:1fr}}
"""
_SCRIPT = """
'use strict';
const data=JSON.parse(document.getElementById('data').textContent);
const rows=[...document.querySelectorAll('.row')];let at=0;
const proposal=row=>data.texts[row.dataset.text].proposals[row.dataset.n];
function go(n){rows[at]&&rows[at].classList.remove('at');at=Math.max(0,Math.min(rows.length-1,n));
 if(rows[at]){rows[at].classList.add('at');rows[at].focus({preventScroll:true});rows[at].scrollIntoView({block:'nearest'});}}
function fill(row,values){for(const field of row.querySelectorAll('[data-field]:not([data-field=caravan])')){
 const v=values[field.dataset.field];field.value=v===null||v===undefined?'':v;}}
function keep(row){const one=proposal(row);
 for(const field of row.querySelectorAll('[data-field]')){const name=field.dataset.field,v=field.value.trim();
  one[name]=v===''?null:(name==='low'||name==='high')?Number(v):v;}
 if(one.qualifier===null)one.qualifier='exact';}
function state(row){const accepted=proposal(row).accepted;
 row.classList.toggle('yes',accepted===true);row.classList.toggle('no',accepted===false);
 const said=accepted===true?data.words.accepted:accepted===false?data.words.dropped:'';
 row.querySelector('.state').textContent=said;}
function decide(row,accepted,reading){const one=proposal(row);
 if(reading!==undefined&&one.readings[reading])fill(row,one.readings[reading]);
 one.accepted=accepted;keep(row);state(row);}
function undo(row){delete proposal(row).accepted;state(row);}
function save(){const blob=new Blob([JSON.stringify({texts:data.texts},null,1)],{type:'application/json'});
 const link=document.createElement('a');
 link.href=URL.createObjectURL(blob);link.download='decisions.json';link.click();}
document.addEventListener('keydown',event=>{
 if(event.ctrlKey||event.altKey||event.metaKey)return;
 const typing=/INPUT|SELECT/.test(event.target.tagName);
 if(typing){if(event.key==='Escape'||event.key==='Enter'){event.preventDefault();go(at);}return;}
 const row=rows[at];let used=true;
 if(event.key==='s')save();else if(!row)return;
 else if(event.key==='a'){decide(row,true);go(at+1);}
 else if(event.key==='2'||event.key==='3'){decide(row,true,Number(event.key)-1);go(at+1);}
 else if(event.key==='d'){decide(row,false);go(at+1);}
 else if(event.key==='u')undo(row);
 else if(event.key==='n')go(at+1);else if(event.key==='p')go(at-1);
 else if(event.key==='c')row.querySelector('[data-field]').focus();
 else used=false;
 if(used)event.preventDefault();});
for(const [n,row] of rows.entries()){state(row);
 // What is changed and passed over is changed still when it is asked again.
 row.addEventListener('input',()=>keep(row));row.addEventListener('click',()=>{
 if(at!==n){rows[at].classList.remove('at');at=n;row.classList.add('at');}});}
document.getElementById('save').addEventListener('click',save);go(0);
"""


def decision_page(
    contents: Sequence[Mapping[str, Any]], texts: Sequence[str], scenario: Scenario, language: Language
) -> str:
    """The page of some texts' proposals.

    Parameters
    ----------
    contents
        Texts with their proposals, as ``read --json`` has them; names of persons are out of their sentences.
    texts
        The texts themselves: only their number is used, so that nothing of them is kept that was not asked for.
    scenario
        Its places are offered.
    language
        Of the page.
    """
    say, words = language.text, words_of(scenario, language)
    states = {"accepted": say("reader.accepted"), "dropped": say("reader.dropped")}
    data = json.dumps({"texts": contents, "words": states}, ensure_ascii=False).replace("<", "\\u003c")
    body = []
    for n, text in enumerate(contents[: len(texts)]):
        body.append(f"<h2>{html.escape(str(text['name']))}</h2>")
        body += [f'<p class="ask">{html.escape(line)}</p>' for line in unsure_lines(text, words)]
        body += [_row(n, k, one, words) for k, one in enumerate(text["proposals"])]
    places = "".join(f'<option value="{html.escape(p.id)}">{html.escape(p.name)}</option>' for p in scenario.places)
    title, keys, save = html.escape(say("reader.title")), html.escape(say("reader.page_keys")), say("reader.save")
    return (
        f'<!doctype html><html lang="{language.code}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><style>' + _STYLE + "</style></head><body>"
        f'<h1>{title}</h1><p>{keys}</p><button id="save">{html.escape(save)}</button>'
        f'<datalist id="places">{places}</datalist><main>{"".join(body)}</main>'
        f'<script type="application/json" id="data">{data}</script><script>{_SCRIPT}</script></body></html>\n'
    )


def _row(text: int, number: int, one: Mapping[str, Any], words: RowWords) -> str:
    """One proposal: its sentence with the words marked, and its parts to change beside it."""
    language = words.language
    sentence, find = html.escape(one["sentence"]), html.escape(one["find"])
    shown = sentence.replace(find, f"<mark>{find}</mark>", 1) if find else sentence
    readings = "".join(f"<li>{html.escape(words.line(r))}</li>" for r in one["readings"])
    flags = "".join(
        f'<p class="flag">{html.escape(language.text("reader.flagged", reason=message_words(reason, language)))}</p>'
        for reason in one["flags"]
    )
    doubt = html.escape(language.text("reader.doubt", doubt=language.number(one["doubt"], digits=2)))
    other = "" if one["caravan"] == "this" else f'<p class="flag">{html.escape(language.text("reader.another"))}</p>'
    # Which caravan is asked only where it is another's: such a row is recorded once a person says that it is not.
    fields = "".join(_field(name, one[name], words) for name in (*_FIELDS, *(("caravan",) if other else ())))
    return (
        f'<section class="row" tabindex="-1" data-text="{text}" data-n="{number}"><div><p>{shown}</p>'
        f'<ol>{readings}</ol><p>{doubt} <strong class="state"></strong></p>{other}{flags}</div>'
        f"<div>{fields}</div></section>"
    )


def _field(name: str, value: Any, words: RowWords) -> str:
    """A part of a row, to change."""
    label = html.escape(words.language.text(f"web.script.col.{name}"))
    choices: dict[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
        "kind": (get_args(ObservationKind), words.kind),
        "qualifier": (get_args(Qualifier), words.qualifier),
        "side": (get_args(Side), words.side),
        "caravan": (("another", "this"), lambda one: words.language.text(f"web.script.caravan.{one}")),
    }
    shown = "" if value is None else f"{value:g}" if isinstance(value, float) and value < 1e6 else str(value)
    if name in choices:
        values, said = choices[name]
        options = "".join(
            f'<option value="{c}"{" selected" if c == value else ""}>{html.escape(said(c))}</option>' for c in values
        )
        return f'<label>{label}<br><select data-field="{name}">{options}</select></label>'
    kind = {"low": "number", "high": "number", "date": "date"}.get(name, "text")
    more = ' list="places"' if name == "place" else ' min="0" step="any"' if kind == "number" else ""
    return f'<label>{label}<br><input data-field="{name}" type="{kind}" value="{html.escape(shown)}"{more}></label>'
