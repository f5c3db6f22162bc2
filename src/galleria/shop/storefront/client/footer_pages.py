from typing import Optional

from .base_model import BaseModel
from .fragments import PagePlace


class FooterPages(BaseModel):
    about: Optional["FooterPagesAbout"]
    shipping: Optional["FooterPagesShipping"]
    returns: Optional["FooterPagesReturns"]
    care: Optional["FooterPagesCare"]
    service: Optional["FooterPagesService"]
    terms: Optional["FooterPagesTerms"]
    privacy: Optional["FooterPagesPrivacy"]


FooterPagesAbout = PagePlace
FooterPagesShipping = PagePlace
FooterPagesReturns = PagePlace
FooterPagesCare = PagePlace
FooterPagesService = PagePlace
FooterPagesTerms = PagePlace
FooterPagesPrivacy = PagePlace
