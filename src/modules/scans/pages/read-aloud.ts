/** Reads the band aloud where the browser can speak. The page is complete without it. */
export const READ_ALOUD_SCRIPT = `(function(){
var s=window.speechSynthesis,b=document.getElementById('told');
if(!s||!b||!window.SpeechSynthesisUtterance)return;
var zh=document.documentElement.lang.indexOf('zh')===0,t=document.createElement('button');
t.type='button';t.className='button';t.textContent=zh?'\\u6717\\u8bfb\\u7ed3\\u679c':'Read aloud';
t.onclick=function(){s.cancel();var h=b.querySelector('h1'),p=b.querySelector('p'),u=new SpeechSynthesisUtterance((h?h.textContent:'')+' '+(p?p.textContent:''));u.lang=zh?'zh-CN':'en-GB';s.speak(u)};
var m=document.querySelector('nav.thumb');if(m)m.appendChild(t);
})();
`
